import type { ChannelState } from '../core/channel-state.ts';
import { callsOf } from '../core/health.ts';
import type { Commit, Scope } from '../core/model.ts';
import { isoTime } from '../core/time.ts';
import type { WatchList } from '../core/watch-list.ts';
import { type Limits, writeOnce } from '../lib/write-once.ts';
import { isUnknownOutcome, type Journal, MAX_LEASE_MS } from '../ports/journal.ts';
import {
  commitConflict,
  conflicts,
  type StoredChannels,
  type StoredScope,
} from './core/conflicts.ts';
import type { ExportedScope } from './core/examine-export.ts';
import { importedChannel, outlived } from './core/imported-channel.ts';
import type { ChannelItem, ExportItem, HeadItem, SnapshotItem } from './core/item.ts';
import { snapshotOf } from './core/snapshot-parts.ts';
import { COMMITS_PER_READ, lastSeqOf } from './read.ts';

/** The store holds what the export does not, or a watcher is at work on it. Nothing was overwritten. */
export class ImportConflict extends Error {
  override readonly name = 'ImportConflict';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The store cannot take this export:\n${problems.map((each) => `- ${each}`).join('\n')}`);
    this.problems = problems;
  }
}

/** An export that was examined, and can be read any number of times. */
export interface ExaminedExport {
  readonly scopes: ReadonlyMap<string, ExportedScope>;
  items(): AsyncIterable<ExportItem>;
}

export interface ImportOptions extends Limits {
  /** Names this import in leases, checkpoints and channels. */
  readonly importId: string;
  /** The store that was exported has gone on: what its channels were sent since is not in the export. */
  readonly isOutlived: boolean;
  onProgress(commits: number): void;
}

export interface Imported {
  /** Commits that were not there yet. */
  readonly commits: number;
  readonly scopes: number;
  readonly channels: number;
}

/** A lease lasts this long, so that it is taken again in good time. */
const RENEW_MS = MAX_LEASE_MS / 3;

/**
 * Stores an export in an empty store, or in one that it continues. Commits come first, in their order:
 * an import that dies leaves a journal as it once was, and can be run again. Then come the channels, and
 * the heads last, since a head says which checkpoint is current.
 * @throws {ImportConflict} before anything is written, unless a watcher begins meanwhile
 * @throws {JournalError}
 */
export async function importJournal(
  journal: Journal,
  exported: ExaminedExport,
  options: ImportOptions,
): Promise<Imported> {
  const stored = await readScopes(journal, exported.scopes.keys());
  const problems = [
    ...conflicts(exported.scopes, stored),
    ...(await differences(journal, exported, stored)),
    ...(await channelProblems(journal, exported)),
  ];
  if (problems.length > 0) throw new ImportConflict(problems);
  const leases = await takeLeases(journal, exported.scopes.keys(), options);
  const heads: { readonly head: HeadItem; readonly parts: readonly SnapshotItem[] }[] = [];
  let parts: SnapshotItem[] = [];
  let commits = 0;
  let channels = 0;
  for await (const item of exported.items()) {
    await leases.renew();
    switch (item.kind) {
      case 'snapshot':
        parts.push(item);
        break;
      case 'commit': {
        const { commit } = item;
        if (commit.seq <= (stored.get(commit.scope)?.lastSeq ?? 0)) break;
        await append(journal, commit, options);
        commits += 1;
        options.onProgress(commits);
        break;
      }
      case 'head':
        heads.push({ head: item, parts });
        parts = [];
        break;
      case 'delivery':
        await journal.recordDelivery(item.record, options.deadlineMs);
        break;
      case 'channel':
        await saveChannel(journal, item, exported.scopes, options);
        channels += 1;
        break;
      case 'watched':
        await saveWatched(journal, item.list);
        break;
    }
  }
  for (const { head, parts: own } of heads) {
    await leases.renew();
    await saveHead(journal, head, own, options);
  }
  return { commits, scopes: heads.length, channels };
}

async function readScopes(
  journal: Journal,
  keys: Iterable<string>,
): Promise<ReadonlyMap<string, StoredScope>> {
  const found = new Map<string, StoredScope>();
  for (const key of keys) {
    const scope = scopeOf(key);
    const head = await journal.head(scope);
    const [first] = await journal.after(scope, 0, 1);
    const lastSeq = Math.max(await journal.lastSeq(scope), head?.checkpoint?.seq ?? 0);
    found.set(key, { firstSeq: first?.seq ?? null, lastSeq });
  }
  return found;
}

/** Commits of the store that are other ones than those of the export: the first one of each scope. */
async function differences(
  journal: Journal,
  { items }: ExaminedExport,
  stored: ReadonlyMap<string, StoredScope>,
): Promise<readonly string[]> {
  if ([...stored.values()].every(({ lastSeq }) => lastSeq === 0)) return [];
  const problems = new Map<string, string>();
  let page: {
    readonly scope: string;
    readonly commits: Map<number, Commit>;
    readonly end: number;
  } = {
    scope: '',
    commits: new Map(),
    end: 0,
  };
  for await (const item of items()) {
    if (item.kind !== 'commit') continue;
    const { scope, seq } = item.commit;
    const { firstSeq = null, lastSeq = 0 } = stored.get(scope) ?? {};
    if (firstSeq === null || seq < firstSeq || seq > lastSeq || problems.has(scope)) continue;
    if (page.scope !== scope || seq > page.end) {
      const commits = await journal.after(scopeOf(scope), seq - 1, COMMITS_PER_READ);
      page = {
        scope,
        commits: new Map(commits.map((each) => [each.seq, each])),
        end: lastSeqOf(commits, seq),
      };
    }
    const problem = commitConflict(item.commit, page.commits.get(seq));
    if (problem !== undefined) problems.set(scope, problem);
  }
  return [...problems.values()];
}

async function channelProblems(
  journal: Journal,
  { items }: ExaminedExport,
): Promise<readonly string[]> {
  const stored: StoredChannels = await journal.channels();
  if (stored.size === 0) return [];
  const problems: string[] = [];
  for await (const item of items()) {
    if (item.kind === 'channel')
      problems.push(...importedChannel(item, stored.get(item.name)).problems);
  }
  return problems;
}

/** While an import has the leases, every tick leaves the scopes to it. */
async function takeLeases(
  journal: Journal,
  keys: Iterable<string>,
  { importId, runtime }: ImportOptions,
): Promise<{ renew(): Promise<void> }> {
  const scopes = [...keys].map(scopeOf);
  let takenAtMs = Number.NEGATIVE_INFINITY;
  const renew = async (): Promise<void> => {
    if (runtime.now() - takenAtMs < RENEW_MS) return;
    takenAtMs = runtime.now();
    const lease = { owner: importId, untilMs: takenAtMs + MAX_LEASE_MS };
    for (const scope of scopes) {
      const holder = await journal.lease(scope, lease, takenAtMs);
      if (typeof holder === 'string') continue;
      throw new ImportConflict([
        `a watcher is at work on ${scope.key} (run ${holder.owner}, until ${isoTime(holder.untilMs)}): ` +
          'stop it, and import again',
      ]);
    }
  };
  await renew();
  return { renew };
}

/** @throws {ImportConflict} when another commit has taken the place */
async function append(journal: Journal, commit: Commit, limits: Limits): Promise<void> {
  const scope = scopeOf(commit.scope);
  const write = async () => ((await journal.append(commit)) === 'appended' ? 'done' : 'taken');
  const readBack = async () => {
    const found = await journal.commitAt(scope, commit.seq);
    if (found === undefined) return 'absent';
    return commitConflict(commit, found) === undefined ? 'ours' : 'theirs';
  };
  if ((await writeOnce({ write, readBack, isUnknown: isUnknownOutcome }, limits)) === 'done')
    return;
  const problem = commitConflict(commit, await journal.commitAt(scope, commit.seq));
  if (problem !== undefined) throw new ImportConflict([problem]);
}

async function saveChannel(
  journal: Journal,
  item: ChannelItem,
  scopes: ReadonlyMap<string, ExportedScope>,
  { importId, isOutlived, ...limits }: ImportOptions,
): Promise<void> {
  const { name } = item;
  const before = await journal.channel(name);
  const { state, problems } = importedChannel(item, before && { value: before });
  if (problems.length > 0) throw new ImportConflict(problems);
  const ends = new Map([...scopes].map(([key, { seq }]) => [key, seq]));
  const own: ChannelState = {
    ...(isOutlived ? outlived(state, ends) : state),
    version: (before?.version ?? 0) + 1,
    tickId: importId,
  };
  const write = async () =>
    (await journal.moveChannel(name, before, own)) === 'moved' ? 'done' : 'taken';
  const readBack = async () => {
    const found = await journal.channel(name);
    if (found?.version === before?.version) return 'absent';
    return found?.version === own.version && found.tickId === importId ? 'ours' : 'theirs';
  };
  if ((await writeOnce({ write, readBack, isUnknown: isUnknownOutcome }, limits)) === 'done')
    return;
  throw new ImportConflict([
    `channel ${name} was moved meanwhile: stop the watcher, and import again`,
  ]);
}

/** What else the store watches stays: the next tick of each watcher stores what it watches itself. */
async function saveWatched(journal: Journal, list: WatchList): Promise<void> {
  const stored = await journal.watchList();
  const before: WatchList =
    stored !== undefined && 'value' in stored ? stored.value : { scopes: [], regions: {} };
  const scopes = [...before.scopes, ...list.scopes].map((scope) => [scope.key, scope] as const);
  await journal.saveWatchList({
    ...list,
    scopes: [...new Map(scopes).values()],
    regions: { ...before.regions, ...list.regions },
  });
}

async function saveHead(
  journal: Journal,
  { scope: key, health, starts, totals }: HeadItem,
  parts: readonly SnapshotItem[],
  { importId }: ImportOptions,
): Promise<void> {
  const scope = scopeOf(key);
  const snapshot = snapshotOf(parts);
  const before = await journal.head(scope);
  if (snapshot !== null) await journal.saveCheckpoint(scope, snapshot, importId);
  if ((await journal.saveStarts(scope, before?.starts ?? {}, starts)) === 'taken') {
    throw new ImportConflict([
      `the head of ${key} was written meanwhile: stop the watcher, and import again`,
    ]);
  }
  const known = before && callsOf(before);
  const missing = totals && {
    calls: Math.max(0, totals.calls - (known?.calls ?? 0)),
    throttles: Math.max(0, totals.throttles - (known?.throttles ?? 0)),
  };
  // It gives the lease back, so it is the last write.
  await journal.saveHealth(scope, health, missing && { add: missing });
}

/** Only its key matters to the store. */
function scopeOf(key: string): Scope {
  return { key, account: '', regionId: '' };
}
