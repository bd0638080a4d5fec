import type { ChannelState, Starts } from '../../shared/core/channel-state.ts';
import type { DeliveryRecord } from '../../shared/core/delivery-record.ts';
import { type CallTotals, callsOf, type Health, NEW_HEALTH } from '../../shared/core/health.ts';
import {
  type Commit,
  detailsOf,
  type Instance,
  type Scope,
  type Snapshot,
} from '../../shared/core/model.ts';
import type { WatchList } from '../../shared/core/watch-list.ts';
import {
  type CheckpointRef,
  type Head,
  type Journal,
  JournalError,
  type KeptCheckpoint,
  type Lease,
  MAX_LEASE_MS,
} from '../../shared/ports/journal.ts';

/** A journal in memory that keeps the promises of the port, as the one over Tablestore does. */
export interface MemoryJournal extends Journal {
  /** The names of the calls so far, e.g. `head main/cn-hangzhou`. */
  readonly calls: string[];
  /** While set, every call fails with it and does nothing. */
  failure: JournalError | undefined;
  /** Removes the commits of a scope up to `seq`, as the retention of the journal does. */
  expire(scope: Scope, seq: number): void;
  /** Hides a kept checkpoint, makes it one that cannot be read, or makes it whole again. */
  spoilKept(scope: Scope, seq: number, state: KeptRow['state']): void;
  removeChannel(name: string): void;
  /** Removes everything, as if the tables had never been made. */
  clear(): void;
}

/** Instances in one part of a checkpoint: few, so that ordinary snapshots have several parts. */
const PART_INSTANCES = 2;

type KeptSnapshot = Pick<Snapshot, 'baselined' | 'changeCount' | 'lastAtMs'> &
  Pick<StoredPart, 'instances' | 'released'>;

interface KeptRow {
  readonly ref: string;
  readonly snapshot: string;
  state: 'whole' | 'damaged' | 'removed';
}

interface HeadRow {
  checkpoint?: CheckpointRef;
  health?: string;
  starts?: string;
  lease?: Lease;
  isSavedBeside?: boolean;
  totals?: CallTotals | undefined;
  uncounted?: CallTotals | undefined;
}

/** Every value is kept as JSON, so that no object is shared with writers and readers. */
export function memoryJournal(): MemoryJournal {
  const commits = new Map<string, Map<number, string>>();
  const heads = new Map<string, HeadRow>();
  /** Scope key → part name → part. */
  const parts = new Map<string, Map<string, string>>();
  const kept = new Map<string, Map<number, KeptRow>>();
  const channels = new Map<string, string>();
  /** Channel name → its records, as JSON. */
  const deliveries = new Map<string, Map<number, string>>();
  let watchList: string | undefined;
  const units = { read: 0, write: 0 };

  const called = (kind: 'read' | 'write', call: string): void => {
    journal.calls.push(call);
    if (journal.failure !== undefined) throw journal.failure;
    units[kind] += 1;
  };
  /** Scope key → its commits in order, until there are more or fewer of them. */
  const sorted = new Map<string, readonly (readonly [number, string])[]>();
  const rowsOf = ({ key }: Scope): readonly (readonly [number, string])[] => {
    const rows = commits.get(key) ?? new Map<number, string>();
    const known = sorted.get(key);
    if (known?.length === rows.size) return known;
    const made = [...rows].sort(([one], [other]) => one - other);
    sorted.set(key, made);
    return made;
  };
  const keptSeqs = (scope: Scope): readonly number[] =>
    [...(kept.get(scope.key) ?? [])]
      .flatMap(([seq, { state }]) => (state === 'removed' ? [] : [seq]))
      .sort((one, other) => one - other);
  const keptRef = (scope: Scope, seq: number | undefined): KeptCheckpoint | undefined => {
    const row = seq === undefined ? undefined : kept.get(scope.key)?.get(seq);
    return row && (JSON.parse(row.ref) as KeptCheckpoint);
  };
  const headOf = (scope: Scope): HeadRow => {
    const row = heads.get(scope.key) ?? {};
    heads.set(scope.key, row);
    return row;
  };

  const headIn = (scope: Scope): Head | undefined => {
    const { checkpoint, health, starts, totals, uncounted, lease } = heads.get(scope.key) ?? {};
    // A row that holds nothing but a lease has none of the columns asked for: no row at all.
    if ([checkpoint, health, starts].every((cell) => cell === undefined)) return undefined;
    return {
      checkpoint: checkpoint ?? null,
      health: { ...NEW_HEALTH, ...(health && (JSON.parse(health) as Health)) },
      starts: JSON.parse(starts ?? '{}') as Starts,
      ...(totals !== undefined && { totals }),
      ...(uncounted !== undefined && { uncounted: { ...uncounted } }),
      ...(lease?.owner && lease.untilMs === 0 && { savedBy: lease.owner }),
    };
  };

  const journal: MemoryJournal = {
    calls: [],
    failure: undefined,
    units,

    async head(scope) {
      called('read', `head ${scope.key}`);
      return headIn(scope);
    },
    async peek(places) {
      if (places.length === 0) return new Map();
      called('read', `peek ${places.map(({ scope }) => scope.key).join(' ')}`);
      const peeked = places.map(({ scope, seq, head: known }) => {
        const head = headIn(scope);
        const isSame = JSON.stringify(head) === JSON.stringify(known);
        const isFollowed = commits.get(scope.key)?.has(seq + 1) === true;
        return [scope.key, { head: isSame ? known : head, isFollowed }] as const;
      });
      return new Map(peeked);
    },
    async lastSeq(scope) {
      called('read', `lastSeq ${scope.key}`);
      return rowsOf(scope).at(-1)?.[0] ?? 0;
    },
    async after(scope, seq, limit) {
      called('read', `after ${scope.key}`);
      const rows = rowsOf(scope).filter(([own]) => own > seq);
      return rows.slice(0, limit).map(([, commit]) => JSON.parse(commit) as Commit);
    },
    async nextAfter(scope, seq, limit) {
      return journal.after(scope, seq, limit);
    },
    async before(scope, seq, limit) {
      called('read', `before ${scope.key}`);
      const rows = rowsOf(scope)
        .filter(([own]) => own < seq)
        .toReversed();
      return rows.slice(0, limit).map(([, commit]) => JSON.parse(commit) as Commit);
    },
    async checkpoint(scope, ref) {
      called('read', `checkpoint ${scope.key}`);
      const stored = Array.from({ length: ref.parts }, (_, index) => {
        const part = parts.get(scope.key)?.get(partName(ref, index));
        if (part === undefined) throw missingPart(scope, ref, index);
        return JSON.parse(part) as StoredPart;
      });
      const { changeCount, lastAtMs } = stored.at(-1) ?? {};
      return {
        seq: ref.seq,
        baselined: stored.every(({ baselined }) => baselined),
        ...(changeCount !== undefined && { changeCount }),
        ...(lastAtMs !== undefined && { lastAtMs }),
        instances: new Map(stored.flatMap(({ instances }) => instances)),
        released: new Map(stored.flatMap(({ released }) => released)),
      };
    },
    async keptUntil(scope, seq) {
      called('read', `keptUntil ${scope.key}`);
      return keptRef(
        scope,
        keptSeqs(scope).findLast((own) => own <= seq),
      );
    },
    async keptAfter(scope, seq) {
      called('read', `keptAfter ${scope.key}`);
      return keptRef(
        scope,
        keptSeqs(scope).find((own) => own > seq),
      );
    },
    async keptSnapshot(scope, { seq }) {
      called('read', `keptSnapshot ${scope.key}`);
      const row = kept.get(scope.key)?.get(seq);
      if (row?.state !== 'whole') throw missingPart(scope, { seq, parts: 1, writer: '' }, 0);
      const { instances, released, ...rest } = JSON.parse(row.snapshot) as KeptSnapshot;
      return { seq, ...rest, instances: new Map(instances), released: new Map(released) };
    },
    async channel(name) {
      called('read', `channel ${name}`);
      const state = channels.get(name);
      return state === undefined ? undefined : (JSON.parse(state) as ChannelState);
    },
    async channels() {
      called('read', 'channels');
      const byName = [...channels].sort(([one], [other]) => (one < other ? -1 : 1));
      return new Map(
        byName.map(([name, state]) => [name, { value: JSON.parse(state) as ChannelState }]),
      );
    },

    async watchList() {
      called('read', 'watchList');
      return watchList === undefined ? undefined : { value: JSON.parse(watchList) as WatchList };
    },

    async deliveries(channel, limit, before = Number.POSITIVE_INFINITY) {
      called('read', `deliveries ${channel}`);
      const rows = [...(deliveries.get(channel) ?? [])].filter(([seq]) => seq < before);
      const newest = rows.sort(([one], [other]) => other - one).slice(0, limit);
      return newest.map(([seq, record]) => ({ seq, value: JSON.parse(record) as DeliveryRecord }));
    },

    async recordDelivery(record) {
      called('write', `recordDelivery ${record.channel}`);
      const rows = deliveries.get(record.channel) ?? new Map<number, string>();
      deliveries.set(record.channel, rows.set(record.seq, JSON.stringify(record)));
    },
    async append(commit) {
      called('write', `append ${commit.scope}`);
      const rows = commits.get(commit.scope) ?? new Map<number, string>();
      if (rows.has(commit.seq)) return 'taken';
      commits.set(commit.scope, rows.set(commit.seq, JSON.stringify(commit)));
      return 'appended';
    },
    async commitAt(scope, seq) {
      called('read', `commitAt ${scope.key}`);
      const commit = commits.get(scope.key)?.get(seq);
      return commit === undefined ? undefined : (JSON.parse(commit) as Commit);
    },
    async lease(scope, lease, nowMs, known) {
      called('write', `lease ${scope.key}`);
      const row = headOf(scope);
      const holder = row.lease;
      const isKnown = known?.savedBy !== undefined && known.savedBy === holder?.owner;
      const isFree =
        holder === undefined || holder.untilMs < nowMs || holder.untilMs > nowMs + MAX_LEASE_MS;
      if (!isFree && holder.owner !== lease.owner) return { ...holder };
      row.lease = { ...lease };
      row.isSavedBeside = false;
      if (!isKnown) return 'mine';
      row.totals = callsOf({ totals: row.totals, uncounted: known.uncounted });
      row.uncounted = undefined;
      return 'counted';
    },
    async saveHealth(scope, health, sent, owners) {
      called('write', `saveHealth ${scope.key}`);
      const row = headOf(scope);
      const holder = row.lease?.owner;
      const isLeft = sent !== undefined && 'leave' in sent;
      const isTaken = !isLeft && holder && owners?.includes(holder) === false;
      if (sent !== undefined && 'leave' in sent) row.uncounted = { ...sent.leave };
      else if (sent !== undefined) row.totals = callsOf({ ...row, uncounted: sent.add });
      if (!isTaken || row.lease?.untilMs !== 0) row.health = JSON.stringify(health);
      if (isTaken) row.isSavedBeside = true;
      if (isTaken) return 'taken';
      row.lease = { owner: (isLeft ? holder : (owners?.[0] ?? holder)) ?? '', untilMs: 0 };
      return 'saved';
    },
    async saveFailure(scope, health, { owner, untilMs }) {
      called('write', `saveFailure ${scope.key}`);
      const row = headOf(scope);
      const isOwn = row.lease?.owner === owner;
      const isHeld = isOwn && row.lease?.untilMs === untilMs && row.isSavedBeside !== true;
      if (isHeld) row.health = JSON.stringify(health);
      if (isOwn) row.lease = { owner: isHeld ? '' : owner, untilMs: 0 };
      return isHeld ? 'saved' : 'taken';
    },
    async saveStarts(scope, before, after) {
      called('write', `saveStarts ${scope.key}`);
      const row = headOf(scope);
      const expected = typeof before === 'string' ? before : JSON.stringify(before);
      if (before !== null && (row.starts ?? '{}') !== expected) return 'taken';
      row.starts = JSON.stringify(after);
      return 'saved';
    },
    async saveCheckpoint(scope, snapshot, writer, damaged) {
      called('write', `saveCheckpoint ${scope.key}`);
      const all = partsOf(snapshot);
      const ref = { seq: snapshot.seq, parts: all.length, writer };
      const stored = parts.get(scope.key) ?? new Map<string, string>();
      parts.set(scope.key, stored);
      for (const [index, part] of all.entries()) stored.set(partName(ref, index), part);

      const row = headOf(scope);
      const isNewer = row.checkpoint === undefined || row.checkpoint.seq < ref.seq;
      const text = typeof damaged === 'string' ? damaged : JSON.stringify(damaged);
      const isDamaged =
        damaged === null || (damaged !== undefined && JSON.stringify(row.checkpoint) === text);
      const current = isNewer || isDamaged ? ref : (row.checkpoint ?? ref);
      row.checkpoint = current;
      for (const name of [...stored.keys()]) {
        const [seq, owner] = name.split(' ');
        const isOlder = Number(seq) < current.seq;
        const isOther = Number(seq) === current.seq && owner !== current.writer;
        if (isOlder || isOther) stored.delete(name);
      }
      return { ...current };
    },
    async keepCheckpoint(scope, { seq, instances, released, ...rest }, writer, atMs) {
      called('write', `keepCheckpoint ${scope.key}`);
      const rows = kept.get(scope.key) ?? new Map();
      const ref = { seq, parts: 1, writer, atMs, digest: '' } satisfies KeptCheckpoint;
      const snapshot = { ...rest, instances: [...instances], released: [...released] };
      rows.set(seq, {
        ref: JSON.stringify(ref),
        snapshot: JSON.stringify(snapshot),
        state: 'whole',
      });
      kept.set(scope.key, rows);
    },
    async saveWatchList(list) {
      called('write', 'saveWatchList');
      watchList = JSON.stringify(list);
    },
    async moveChannel(name, before, after) {
      called('write', `moveChannel ${name}`);
      const stored = channels.get(name);
      const version =
        stored === undefined ? undefined : (JSON.parse(stored) as ChannelState).version;
      if (version !== before?.version) return 'taken';
      channels.set(name, JSON.stringify(after));
      return 'moved';
    },

    expire(scope, seq) {
      for (const [own] of rowsOf(scope)) if (own <= seq) commits.get(scope.key)?.delete(own);
    },
    spoilKept(scope, seq, state) {
      const row = kept.get(scope.key)?.get(seq);
      if (row !== undefined) row.state = state;
    },
    removeChannel(name) {
      channels.delete(name);
    },
    clear() {
      for (const table of [commits, heads, parts, kept, channels, deliveries]) table.clear();
      watchList = undefined;
    },
  };
  return journal;
}

interface StoredPart {
  readonly baselined: boolean;
  readonly changeCount?: number | undefined;
  readonly lastAtMs?: number | undefined;
  readonly instances: readonly (readonly [string, Instance])[];
  readonly released: readonly (readonly [string, number])[];
}

/** At least one part, so that an empty snapshot can be stored too. */
function partsOf({
  baselined,
  changeCount,
  lastAtMs,
  instances,
  released,
}: Snapshot): readonly string[] {
  const all = [...instances].map(([id, instance]) => {
    const { status, sinceMs, sinceKnown } = instance;
    const since = { sinceMs, ...(sinceKnown !== undefined && { sinceKnown }) };
    return [id, { ...detailsOf(instance), status, ...since }] as const;
  });
  const count = Math.max(1, Math.ceil(all.length / PART_INSTANCES));
  return Array.from({ length: count }, (_, index) => {
    const own = all.slice(index * PART_INSTANCES, (index + 1) * PART_INSTANCES);
    const gone = index === 0 ? [...released] : [];
    const facts = { baselined, changeCount, lastAtMs };
    const part: StoredPart = { ...facts, instances: own, released: gone };
    return JSON.stringify(part);
  });
}

function partName({ seq, writer }: CheckpointRef, index: number): string {
  return `${seq} ${writer} ${index}`;
}

function missingPart({ key }: Scope, { seq }: CheckpointRef, index: number): JournalError {
  const what = `part ${index + 1} of checkpoint ${key}/${seq}`;
  return new JournalError('corrupt', 'CorruptRow', `the ${what} cannot be read`);
}
