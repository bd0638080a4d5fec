import { type Details, detailsOf, type Scope } from '../../shared/core/model.ts';
import { describedJson, type NoteJson, notedIn } from '../../shared/core/note.ts';
import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { Freshness } from '../../shared/view/core/freshness.ts';
import type { ChannelHealth, ScopeHealth } from '../../shared/view/core/health-json.ts';
import type { InstanceRow } from '../../shared/view/core/instance-row.ts';

/** The answers of the view, as docs/view.md describes them: the page knows nothing else. */

export interface ScopeJson extends Freshness {
  readonly scope: string;
  readonly region: string;
}

export interface InstanceJson extends Details, Partial<NoteJson> {
  readonly instanceId: string;
  readonly scope: string;
  readonly region: string;
  readonly status: string;
  readonly since: string;
  readonly sinceKnown: boolean;
}

export interface InstancesAnswer extends Freshness {
  readonly scopes: readonly ScopeJson[];
  readonly total: number;
  /** Of all pages, by status. */
  readonly counts: Readonly<Record<string, number>>;
  readonly instances: readonly InstanceJson[];
  readonly nextCursor?: string;
}

/** `notice` is its kind; the other fields depend on it. */
export interface NoticeJson {
  readonly id: string;
  readonly scope: string;
  readonly at: string;
  readonly notice: string;
  readonly [field: string]: unknown;
}

export interface ChangesAnswer extends Freshness {
  readonly scopes: readonly ScopeJson[];
  readonly changes: readonly ChangeJson[];
  readonly notices: readonly NoticeJson[];
  /** Only where it was asked for. */
  readonly details?: readonly { readonly instanceId: string }[];
  readonly nextCursor?: string;
  readonly olderCursor?: string;
  readonly more?: boolean;
}

/** A token without all rights gets no scopes and no channels. */
export interface HealthAnswer {
  readonly ok: boolean;
  /** A channel is sent nothing. */
  readonly degraded: boolean;
  readonly scopes?: readonly ScopeHealth[];
  readonly channels?: readonly ChannelHealth[];
}

/** Instead of it, where the store could not be read. */
export interface HealthFailure {
  readonly ok: false;
  readonly error: { readonly code: string; readonly message: string };
}

export interface TimelineState {
  readonly status: string;
  readonly sinceAfter: string | null;
  readonly since: string;
  readonly sinceKnown: boolean;
  readonly until: string | null;
  readonly seconds: number;
}

export interface ReleasedJson extends Details, Partial<NoteJson> {
  readonly instanceId: string;
  readonly scope: string;
  readonly region: string;
  readonly lastStatus: string | null;
  readonly releasedAt: string;
}

export interface InstanceAnswer {
  readonly instance: InstanceJson | ReleasedJson;
  readonly timeline: readonly TimelineState[];
  readonly history: readonly ChangeJson[];
  /** No page of the ECS console shows it: it is one of a local cloud. */
  readonly withoutConsole?: true;
}

export interface CountsAnswer {
  readonly stepSeconds: number;
  readonly points: readonly {
    readonly at: string;
    readonly counts: Readonly<Record<string, number>> | null;
  }[];
}

export interface DeliveryJson {
  readonly channel: string;
  /** The channel whose message it was: this one is its fallback. */
  readonly inPlaceOf?: string;
  readonly at: string;
  readonly verdict?: string;
  readonly reason?: string | null;
  readonly repeat?: boolean;
  readonly commits?: readonly string[];
}

export interface DeliveriesAnswer {
  readonly deliveries: readonly DeliveryJson[];
}

/**
 * An instance as the view's own filters and orders take it.
 *
 * @throws {TypeError} where there is nothing to be said of it: a view of another version has answered
 */
export function rowOf(json: InstanceJson): InstanceRow {
  const { instanceId, scope, region, status, since, sinceKnown } = json;
  const sinceMs = Date.parse(since);
  if (typeof status !== 'string' || Number.isNaN(sinceMs)) {
    throw new TypeError(`the instance ${instanceId} has no status, or no time since when`);
  }
  const instance = { status, sinceMs, sinceKnown, ...detailsOf(json), ...notedIn(json) };
  return { instanceId, scope, regionId: region, sinceMs, instance };
}

export function jsonOf({ instanceId, scope, regionId, instance }: InstanceRow): InstanceJson {
  const { status, sinceMs, sinceKnown = false } = instance;
  const since = new Date(sinceMs).toISOString();
  return {
    instanceId,
    scope,
    region: regionId,
    status,
    since,
    sinceKnown,
    ...describedJson(instance),
  };
}

/** What the view's own filters take for a scope. */
export function scopeOf({ scope, region }: Pick<ScopeJson, 'scope' | 'region'>): Scope {
  const [account = ''] = scope.split('/');
  return { key: scope, account, regionId: region };
}
