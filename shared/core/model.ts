/** The words of the product as types. Every value is read-only: a new fact is a new value. */

/** What is watched as one unit: an account's region, optionally narrowed. */
export interface Scope {
  /** Names the scope in the journal, in messages and in addresses, e.g. `main/cn-hangzhou`. */
  readonly key: string;
  /** The alias of the account in the configuration, e.g. `main`. */
  readonly account: string;
  readonly regionId: string;
  /**
   * Its region is not named in the configuration: DescribeRegions has listed it. While it holds no
   * instance, it is looked at less often, and nothing is announced about it.
   */
  readonly isDiscovered?: true;
  readonly zoneId?: string;
  readonly clusterId?: string;
  readonly resourceGroupId?: string;
  readonly instanceIds?: readonly string[];
}

/**
 * What an instance id is made of. ECS refuses a whole request for one id of another shape, so that a
 * scope that had recorded one could never confirm a release.
 */
export const INSTANCE_ID = /^[\w.-]{1,64}$/u;

/**
 * It becomes part of the keys of rows, and of the name of a host, whose parts have 63 characters: another shape would
 * reach another host.
 */
export const REGION_ID = /^[a-z][a-z0-9-]{1,62}$/u;

/**
 * The statuses of an instance. Source: DescribeInstanceStatus, response parameter Status. ECS may
 * have others one day.
 */
export const STATUSES = ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped'] as const;

/** What DescribeInstances adds to an id and a status; every part is best effort. */
export interface Details {
  /** When the instance was created, as ECS writes it: `2026-11-22T10:05Z`. */
  readonly created?: string;
  readonly name?: string;
  readonly zoneId?: string;
  readonly instanceType?: string;
  /** Absent of an instance in the account's default resource group. */
  readonly resourceGroupId?: string;
  readonly privateIps?: readonly string[];
  readonly publicIps?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** What a person has written about an instance. */
export interface Note {
  /** Safe to show on one line. */
  readonly text: string;
  /** The name of the token that it was written with, or `notify`. */
  readonly by: string;
  readonly atMs: number;
  /** From then on it is not shown. */
  readonly untilMs: number;
}

export interface Noted {
  readonly note?: Note;
}

/** The last thing known of an instance. */
export interface Instance extends Details, Noted {
  /** As ECS spells it; a status that this version does not know is kept as it is. */
  readonly status: string;
  /** The time of the commit that gave it this status: it has had the status at least since then. */
  readonly sinceMs: number;
  /**
   * Was the beginning of the status seen? Not where a baseline or a return has brought the
   * instance, or after a pause. Absent where an older version stored the instance: not known.
   */
  readonly sinceKnown?: boolean;
}

/** Instance id → last known instance of a scope, as of one commit. */
export interface Snapshot {
  /** The last commit that is in this snapshot; 0 before the first one. */
  readonly seq: number;
  /** False until the first complete view of the scope has been recorded. */
  readonly baselined: boolean;
  readonly instances: ReadonlyMap<string, Instance>;
  /**
   * Instance id → when its release was recorded, the latest last. An id is never given twice, so an
   * instance that is seen again was not released.
   */
  readonly released: ReadonlyMap<string, number>;
  /**
   * The changes of all commits up to this one, as far back as they were counted; a baseline counts
   * none. Absent: an older version stored the snapshot; the next tick begins to count, and stores it.
   */
  readonly changeCount?: number;
  /**
   * When the last commit was made. Absent: there is none, an older version stored the snapshot, or the
   * commits after it were undone.
   */
  readonly lastAtMs?: number;
}

export const EMPTY_SNAPSHOT: Snapshot = {
  seq: 0,
  baselined: false,
  instances: new Map(),
  released: new Map(),
  changeCount: 0,
};

/** One instance's move. `from: null` = appeared, `to: null` = released. */
export interface Change extends Details, Noted {
  readonly instanceId: string;
  readonly from: string | null;
  readonly to: string | null;
  /** The instance was recorded as released, but ECS had only not shown it: `from` is null. */
  readonly returned?: true;
  /** Since when `from` was held; of an instance that has returned: when its release was recorded. */
  readonly fromSinceMs?: number;
  /** Was the beginning of `from` seen? Otherwise it was held at least since then. */
  readonly fromSinceKnown?: boolean;
}

/**
 * What ECS says of a known instance besides its status has changed, or what a person does. Only fields
 * that differ.
 */
export interface DetailsChange {
  readonly instanceId: string;
  /** A field that only one of the two has was added, or removed. */
  readonly before: Details & Noted;
  readonly after: Details & Noted;
}

/**
 * Name of a channel, or alias of an account → since when it is failing: all that are, as of one
 * commit. Each notice about one of them carries both lists, and that of low quotas, so that the last
 * one says everything. A list that is absent is empty.
 */
export type Failing = Readonly<Record<string, number>>;

/** Name of a channel → the month (`2026-11`) in which was said that its quota is nearly used up. */
export type LowQuotas = Readonly<Record<string, string>>;

/** How a fleet, and its watcher, have done in a time that ends with the report. */
export interface Report {
  readonly per: 'day' | 'week';
  readonly fromMs: number;
  readonly untilMs: number;
  /** Changes, apart from those to a status that passes by itself. */
  readonly changes: number;
  /** Status, or `new`, `returned` or `released` → how many of them, most first. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** There were more than were counted. */
  readonly isCut?: true;
  /** Scopes whose changes are not counted: they could not be read. */
  readonly unread?: readonly string[];
  /** When the report was made: instances, those that are stopped, and the ones longest so. */
  readonly instances: number;
  readonly stopped: number;
  readonly longest: readonly ReportedInstance[];
  /** Instances that changed again and again, and those that did most. */
  readonly flapping: number;
  readonly most: readonly ReportedInstance[];
  /** Absent: nothing was counted in that time. `scope`: where the others were watched better. */
  readonly ticks?: {
    readonly scope?: string;
    readonly sinceMs: number;
    readonly expected: number;
    readonly good: number;
    readonly late: number;
  };
  /** What each channel with a quota has spent of it in a period: `2026-11` or `2026-11-22`. */
  readonly channels: readonly {
    readonly channel: string;
    readonly period: string;
    readonly messages: number;
    readonly quota: number;
  }[];
}

export interface ReportedInstance {
  readonly scope: string;
  readonly instanceId: string;
  readonly name?: string;
  /** Since when it is stopped; `isAtLeast`: its stop was not seen. */
  readonly sinceMs?: number;
  readonly isAtLeast?: true;
  readonly changes?: number;
}

/** What a commit says about the watcher itself. */
export type Notice =
  /**
   * First sight of a scope: `instances` known so far; `last` closes a baseline of several rows.
   * `since`: the stored snapshot was damaged, and this is the first sight of the instances that the
   * journal, from that commit on, does not name. `silent`: of a region that holds nothing and that
   * the configuration does not name, people are sent no word. `closes`: the instances stand in earlier
   * rows, and this one without any is the last, not a repetition.
   */
  | {
      readonly kind: 'baseline';
      readonly instances: number;
      readonly last: boolean;
      readonly since?: number;
      readonly silent?: true;
      readonly closes?: true;
    }
  /** So many instances vanished at once that their release is not believed yet. */
  | { readonly kind: 'suspicious-scan'; readonly missing: number; readonly known: number }
  /** The instances of a suspicious scan are back. */
  | { readonly kind: 'suspicion-lifted'; readonly missing: number }
  /** Several scans in a row could not be completed. */
  | {
      readonly kind: 'scans-failing';
      readonly failures: number;
      readonly sinceMs: number;
      readonly reason: string;
    }
  | { readonly kind: 'scans-recovered'; readonly failures: number; readonly sinceMs: number }
  /** A scan of this many instances needs several ticks, `roundMs` in all: changes are seen later. */
  | { readonly kind: 'long-round'; readonly instances: number; readonly roundMs: number }
  /** Nothing reaches a channel. `deliveredAtMs`: its last delivery. */
  | {
      readonly kind: 'channel-failing';
      readonly channel: string;
      readonly failures: number;
      readonly reason: string;
      readonly deliveredAtMs: number | null;
      readonly failing: Failing;
      readonly failingAccounts?: Failing;
      readonly lowQuotas?: LowQuotas;
    }
  | {
      readonly kind: 'channel-recovered';
      readonly channel: string;
      readonly sinceMs: number;
      readonly failing: Failing;
      readonly failingAccounts?: Failing;
      readonly lowQuotas?: LowQuotas;
    }
  /** The watcher cannot enter an account, so that none of its scopes is watched. */
  | {
      readonly kind: 'account-failing';
      readonly account: string;
      readonly reason: string;
      readonly failing: Failing;
      readonly failingAccounts?: Failing;
      readonly lowQuotas?: LowQuotas;
    }
  | {
      readonly kind: 'account-recovered';
      readonly account: string;
      readonly sinceMs: number;
      readonly failing: Failing;
      readonly failingAccounts?: Failing;
      readonly lowQuotas?: LowQuotas;
    }
  /** Most of what a channel may be sent in this month is used up. */
  | {
      readonly kind: 'quota-low';
      readonly channel: string;
      readonly used: number;
      readonly quota: number;
      readonly failing: Failing;
      readonly failingAccounts?: Failing;
      readonly lowQuotas?: LowQuotas;
    }
  /** Ticks are recorded again: the last one before was at `sinceMs`, the first one after at `untilMs`. */
  | { readonly kind: 'ticks-resumed'; readonly sinceMs: number; readonly untilMs: number }
  /** A periodic report. It carries the lists, so that a cold run need not read past it. */
  | ({
      readonly kind: 'report';
      readonly failing: Failing;
      readonly failingAccounts?: Failing;
      readonly lowQuotas?: LowQuotas;
    } & Report)
  /** The journal cannot be used. This is never stored: it is sent straight to the channels. */
  | {
      readonly kind: 'store-failing';
      readonly failures: number;
      readonly sinceMs: number;
      readonly reason: string;
    }
  /** A person tries a channel. This is never stored: it is sent straight to the channel. */
  | { readonly kind: 'test' }
  /** A notice of a newer version: its kind, and all other fields as they are stored. */
  | {
      readonly kind: 'unknown';
      readonly name: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

/**
 * One row of the journal: changes, or a notice (a baseline carries both). Either may carry changed
 * details. A commit of details alone is no news.
 */
export interface Commit {
  readonly scope: string;
  readonly seq: number;
  /**
   * The end of the scan that saw this: each change happened before it … It is never before the commit
   * that it follows, as `commitTimeMs` decides.
   */
  readonly atMs: number;
  /** … and after this: the start of the last complete scan; null before the first one. */
  readonly previousAtMs: number | null;
  /** The tick that wrote it, so that a write whose answer was lost is recognised. */
  readonly tickId: string;
  /** They come before the changes: a release is recorded with the newest details. */
  readonly details?: readonly DetailsChange[];
  readonly changes: readonly Change[];
  readonly notice?: Notice;
}

/** Every field of `Details`, once each: the compiler refuses a list that leaves one out. */
const DETAIL_FIELDS: Readonly<Record<keyof Details, true>> = {
  name: true,
  zoneId: true,
  instanceType: true,
  resourceGroupId: true,
  privateIps: true,
  publicIps: true,
  tags: true,
  created: true,
};
export const DETAIL_NAMES = Object.keys(DETAIL_FIELDS) as readonly (keyof Details)[];

/** The fields of `source` that are details, and nothing else of it. */
export function detailsOf(source: Details): Details {
  const details: Record<string, unknown> = {};
  for (const name of DETAIL_NAMES) {
    if (source[name] !== undefined) details[name] = source[name];
  }
  return details as Details;
}

/** All fields of `source` that are no details. */
export function withoutDetails<T extends Details>(source: T): Omit<T, keyof Details> {
  const rest: Record<string, unknown> = { ...(source as object) };
  for (const name of DETAIL_NAMES) delete rest[name];
  return rest as Omit<T, keyof Details>;
}

/** Returns one value for all that are equal. `lib/intern.ts` makes one. */
export type Intern = <T extends string | object>(value: T) => T;

/** Details with a shared zone, type, group and tags: a large fleet has few different ones. */
export function internDetails<T extends Details>(details: T, share: Intern): T {
  const { zoneId, instanceType, resourceGroupId, tags } = details;
  return {
    ...details,
    ...(zoneId !== undefined && { zoneId: share(zoneId) }),
    ...(instanceType !== undefined && { instanceType: share(instanceType) }),
    ...(resourceGroupId !== undefined && { resourceGroupId: share(resourceGroupId) }),
    ...(tags !== undefined && { tags: share(tags) }),
  };
}
