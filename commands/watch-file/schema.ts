import { z } from 'zod';
import {
  CLUSTER_ID,
  INSTANCE_ID,
  patternProblem,
  regionProblem,
  ZONE_ID,
} from '../../shared/config/targets.ts';
import { shape } from '../../shared/lib/shape.ts';
import { nearestTo } from '../../shared/lib/suggest.ts';
import {
  channel,
  fallback,
  flaps,
  MENTIONING_KINDS,
  match,
  mute,
  people,
  period,
  quota,
  route,
  settling,
  weekly,
} from './delivery-schema.ts';
import { checked, listOf, missingOr, text } from './schema-kit.ts';

/** Stands in scope keys, addresses and messages. */
const ALIAS = shape(
  /^(?!(?:watcher|channel)$)[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/u,
  'an alias (1–32 letters, digits, hyphens or underscores; watcher and channel are taken)',
);
/** Source: STS AssumeRole, `RoleArn`; RAM CreateRole, `RoleName`: 1 to 64 characters. */
const ROLE_ARN = shape(
  /^acs:ram::\d{10,20}:role\/[\w.-]{1,64}$/u,
  'a role ARN such as acs:ram::2234567890123456:role/ecs-watch-member',
);
/** Source: STS AssumeRole, `ExternalId`: 2 to 1,224 characters. */
const EXTERNAL_ID = shape(
  /^(?:\$\{env:[A-Za-z_]\w*\}|[\w+=,.@:/-]{2,1224})$/u,
  `an external id (2–1224 letters, digits or + = , . @ : / - _), or \${env:NAME}`,
);

/** `all`, or a list of regions. A union of zod reports only that neither of its sides fits. */
const regions = z.unknown().transform((value, context): 'all' | readonly string[] => {
  if (value === 'all') return value;
  const { data, error } = listOf(checked(regionProblem)).safeParse(value);
  for (const { message, path } of error?.issues ?? [])
    context.addIssue({ code: 'custom', message, path });
  return data ?? z.NEVER;
});

const account = z.strictObject(
  {
    alias: text(ALIAS),
    roleArn: text(ROLE_ARN).optional(),
    externalId: text(EXTERNAL_ID).optional(),
    regions,
    allow: listOf(checked(patternProblem)).optional(),
    deny: listOf(checked(patternProblem)).optional(),
    zone: text(ZONE_ID).optional(),
    cluster: text(CLUSTER_ID).optional(),
    instanceIds: listOf(text(INSTANCE_ID)).optional(),
  },
  { error: missingOr('is not a group of settings') },
);

/** Its address stays in HEARTBEAT_URL. */
const heartbeat = z.strictObject(
  { method: z.enum(['GET', 'POST'], { error: missingOr('is neither GET nor POST') }) },
  { error: missingOr('is not a group of settings') },
);

/** The file as it is written; what its entries say together is checked in `entries.ts`. */
export const FILE = z
  .strictObject(
    {
      accounts: listOf(account).optional(),
      channels: listOf(channel).optional(),
      routes: listOf(route).optional(),
      mutes: listOf(mute).optional(),
      fallbacks: listOf(fallback).optional(),
      people: people.optional(),
      heartbeat: heartbeat.optional(),
    },
    { error: missingOr('is not a group of settings') },
  )
  // Without accounts, the variables say what is watched, as they do without a file.
  .refine((file) => Object.keys(file).length > 0, 'is empty');

export type Entry = z.infer<typeof account>;

/** The file with the settings of its accounts spelled as they are meant: what is misspelt is not left out. */
export function withMeantSettings(file: unknown): unknown {
  const { accounts } = Object(file) as { readonly accounts?: unknown };
  if (!Array.isArray(accounts)) return file;
  const known = Object.keys(account.shape);
  const isGroup = (entry: unknown): entry is object => typeof entry === 'object' && entry !== null;
  return {
    ...Object(file),
    accounts: accounts.map((entry: unknown) => {
      if (!isGroup(entry)) return entry;
      const meant = Object.entries(entry).map(([name, value]) => [
        known.includes(name) ? name : (nearestTo(name, known) ?? name),
        value,
      ]);
      return { ...Object.fromEntries(meant), ...entry };
    }),
  };
}

/** The settings that may be at a place of the file, as suggestions for misspelt ones. */
export function settingsAt(path: readonly (string | number)[]): readonly string[] {
  const [list, , inner, innermost] = path;
  if (list === 'channels' && inner === 'quota') return Object.keys(quota.shape);
  if (list === 'channels') return Object.keys((innermost === 'flaps' ? flaps : settling).shape);
  if (list === 'heartbeat') return Object.keys(heartbeat.shape);
  if (list === 'accounts') return Object.keys(account.shape);
  if (list === 'routes') return Object.keys((inner === 'match' ? match : route).shape);
  if (list === 'fallbacks') return Object.keys(fallback.shape);
  if (list === 'people') return MENTIONING_KINDS;
  if (list !== 'mutes') return Object.keys(FILE.shape);
  return Object.keys((inner === 'weekly' ? weekly : inner === 'periods' ? period : mute).shape);
}
