import { wasOnce } from '../fleet.ts';
import type { LivingRun, Observation } from '../run.ts';
import { type Key, type Row, rowsOf, type Store } from '../tablestore.ts';
import type { Results, Truth } from './truth.ts';

export interface StoredChange {
  readonly instanceId: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface StoredCommit {
  readonly seq: number;
  readonly tickId: string;
  readonly moment: number;
  readonly changes: readonly StoredChange[];
  readonly notice:
    | { readonly kind: string; readonly last?: boolean; readonly channel?: string }
    | undefined;
}

export interface JournalTruth {
  readonly commits: StoredCommit[];
  /** Instance id → status after all commits so far. */
  readonly state: Map<string, string>;
}

/** The stored cursor of a channel. */
type Cursor = Readonly<Record<string, { readonly seq: number; readonly part: number }>>;

/** The rows that were written, each checked at that moment. */
export interface Written {
  readonly onWrite: Store['onWrite'];
  readonly journals: ReadonlyMap<string, JournalTruth>;
  journalOf(scope: string): JournalTruth;
  cursorOf(channel: string): Cursor;
}

/** The chain of commits holds, every commit is true, and no cursor goes back. */
export function rowPromises(
  { tables, store, fleets, moment }: Truth,
  { tally, violated }: Results,
): Written {
  const journals = new Map<string, JournalTruth>(
    [...fleets.keys(), 'watcher'].map((scope) => [scope, { commits: [], state: new Map() }]),
  );
  const cursors = new Map<string, Cursor>();
  /** Scope key → the stored reference to its current checkpoint. */
  const current = new Map<string, unknown>();

  function journalOf(scope: string): JournalTruth {
    const journal = journals.get(scope);
    if (journal === undefined) throw new RangeError(`no run watches ${scope}`);
    return journal;
  }

  function onWrite(run: LivingRun, table: string, [scope, item]: Key, row: Row): void {
    if (table === tables.journal) onCommit(run, scope, Number(item), row);
    else if (scope === 'channels') onChannel(String(item), row);
    else if (item === 'head') onHead(scope, row);
  }

  function onCommit(run: LivingRun, scope: string, seq: number, row: Row): void {
    const { commits, state } = journalOf(scope);
    const commit: StoredCommit = {
      seq,
      tickId: String(row.get('tickId')),
      moment: moment(),
      changes: JSON.parse(String(row.get('changes'))),
      notice: row.has('notice') ? JSON.parse(String(row.get('notice'))) : undefined,
    };
    const where = `${scope}/${seq}`;
    if (seq !== commits.length + 1) {
      violated(`${where} was written when the journal ended at ${commits.length}`);
      return;
    }
    checkAge(run, scope, commit);
    const observation = run.observations.get(scope);
    for (const change of commit.changes) {
      if ((state.get(change.instanceId) ?? null) !== change.from) {
        violated(
          `${where} moves ${change.instanceId} from ${change.from}, but it was ${state.get(change.instanceId)}`,
        );
      }
      if (change.to === null) state.delete(change.instanceId);
      else state.set(change.instanceId, change.to);
      checkTruth(where, scope, change, observation);
    }
    commits.push(commit);
    tally.commits += 1;
    tally.changes += commit.changes.length;
    tally.releases += commit.changes.filter(({ to }) => to === null).length;
    if (commit.notice?.kind === 'suspicious-scan') tally.holds += 1;
    checkNotices(where, commits);
  }

  /** A run compares its scan only with the state that was known before the scan. */
  function checkAge(run: LivingRun, scope: string, { seq, tickId }: StoredCommit): void {
    const before = journalOf(scope).commits.findLast((commit) => commit.tickId !== tickId);
    const observation = run.observations.get(scope);
    if (before !== undefined && observation !== undefined && before.moment > observation.first) {
      violated(`${scope}/${seq} was scanned before ${scope}/${before.seq} was written`);
    }
  }

  function checkTruth(
    where: string,
    scope: string,
    { instanceId, to }: StoredChange,
    observation: Observation | undefined,
  ): void {
    const instance = fleets.get(scope)?.instance(instanceId);
    if (instance === undefined) violated(`${where} has ${instanceId}, which never existed`);
    else if (
      observation === undefined ||
      !wasOnce(instance, to, observation.first, observation.last)
    ) {
      violated(`${where} says ${instanceId} is ${to ?? 'released'}, but it was not`);
    }
  }

  /** Failing and recovered alternate, and so do a hold and its end: each is announced once. */
  function checkNotices(where: string, commits: readonly StoredCommit[]): void {
    const kind = commits.at(-1)?.notice?.kind;
    const earlier = commits.slice(0, -1);
    if (kind === 'scans-failing' || kind === 'scans-recovered') {
      const before = earlier.findLast(({ notice }) => notice?.kind.startsWith('scans-') === true);
      const expected = kind === 'scans-failing' ? 'scans-recovered' : 'scans-failing';
      const isFirst = before === undefined && kind === 'scans-failing';
      if (!isFirst && before?.notice?.kind !== expected)
        violated(`${where} says ${kind} once more`);
    }
    if (kind === 'channel-failing' || kind === 'channel-recovered') {
      const channel = commits.at(-1)?.notice?.channel;
      const before = earlier.findLast(({ notice }) => notice?.channel === channel)?.notice?.kind;
      const isRepeated = before === undefined ? kind === 'channel-recovered' : before === kind;
      if (isRepeated) violated(`${where} says ${kind} of ${channel} once more`);
    }
    if (kind === 'suspicious-scan') {
      const before = earlier.findLast(
        ({ notice, changes }) =>
          notice?.kind.startsWith('suspici') === true || changes.some(({ to }) => to === null),
      );
      if (before?.notice?.kind === kind) violated(`${where} says ${kind} once more`);
    }
  }

  function onChannel(name: string, row: Row): void {
    const { cursor } = JSON.parse(String(row.get('state')));
    const before = cursors.get(name) ?? {};
    for (const [scope, place] of Object.entries(before)) {
      const after = cursor[scope];
      const wentBack =
        after === undefined ||
        after.seq < place.seq ||
        (after.seq === place.seq && after.part < place.part);
      if (wentBack) violated(`the cursor of ${name} in ${scope} went back from ${place.seq}`);
    }
    cursors.set(name, cursor);
  }

  /** Every part of a current checkpoint is stored. */
  function onHead(scope: string, row: Row): void {
    const stored = row.get('checkpoint');
    if (stored === undefined) return;
    const { seq, parts, writer } = JSON.parse(String(stored));
    if (stored === current.get(scope)) return;
    current.set(scope, stored);
    const own = [...rowsOf(store, tables.state, scope).keys()].filter((item) =>
      String(item).startsWith(`part/${String(seq).padStart(16, '0')}/${writer}/`),
    );
    if (own.length !== parts)
      violated(`checkpoint ${scope}/${seq} has ${own.length} of ${parts} parts`);
    if (seq > journalOf(scope).commits.length)
      violated(`checkpoint ${scope}/${seq} is ahead of the journal`);
    tally.checkpoints += 1;
  }

  return { onWrite, journals, journalOf, cursorOf: (channel) => cursors.get(channel) ?? {} };
}

/** Every commit but the silent rows of a baseline, and a channel's own failure. */
export function isNews({ notice }: StoredCommit, channel: string): boolean {
  if (notice?.kind === 'channel-failing') return notice.channel !== channel;
  return notice?.kind !== 'baseline' || notice.last === true;
}
