import type { Details } from '../../core/model.ts';
import { describedJson, type NoteJson } from '../../core/note.ts';
import { isoTime } from '../../core/time.ts';
import type { ScopeView } from './fleet.ts';
import { AGE_FIELDS, RESTS_FIELD } from './freshness.ts';
import type { InstanceRow } from './instance-row.ts';
import {
  BOOLEAN,
  COUNT,
  type FieldSchemas,
  listSchema,
  mapSchema,
  named,
  objectSchema,
  TEXT,
  TIME,
} from './schema.ts';

/** A scope for programs. */
export function scopeJson({ scope, snapshot, freshness }: ScopeView): object {
  const { seq, instances } = snapshot;
  return { scope: scope.key, region: scope.regionId, seq, ...freshness, instances: instances.size };
}

export const SCOPE_FIELDS = {
  scope: TEXT,
  region: TEXT,
  seq: COUNT,
  ...AGE_FIELDS,
  instances: COUNT,
};

export const SCOPE_SCHEMA = named('Scope', objectSchema(SCOPE_FIELDS, RESTS_FIELD));

/** An instance for programs. */
export function instanceJson({ scope, regionId, instanceId, instance }: InstanceRow): object {
  const { status, sinceMs, sinceKnown = false } = instance;
  const since = { since: isoTime(sinceMs), sinceKnown };
  return { instanceId, scope, region: regionId, status, ...since, ...describedJson(instance) };
}

/** What ECS says of an instance besides its status, and people do: every field may be absent. */
export const DETAIL_FIELDS = {
  name: TEXT,
  zoneId: TEXT,
  instanceType: TEXT,
  resourceGroupId: TEXT,
  privateIps: listSchema(TEXT),
  publicIps: listSchema(TEXT),
  tags: mapSchema(TEXT),
  created: TEXT,
  note: TEXT,
  noteBy: TEXT,
  noteAt: TIME,
  noteUntil: TIME,
} as const satisfies FieldSchemas<Details & NoteJson>;

const STATUS_FIELDS = {
  instanceId: TEXT,
  scope: TEXT,
  region: TEXT,
  status: TEXT,
  since: TIME,
  sinceKnown: BOOLEAN,
};

export const INSTANCE_SCHEMA = named('Instance', objectSchema(STATUS_FIELDS, DETAIL_FIELDS));

/** With the parameter `fields`, any field may be missing. */
export const LISTED_INSTANCE_SCHEMA = named(
  'ListedInstance',
  objectSchema({}, { ...STATUS_FIELDS, ...DETAIL_FIELDS }),
);
