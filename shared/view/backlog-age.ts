import type { ChannelState } from '../core/channel-state.ts';
import type { Scope } from '../core/model.ts';
import type { JournalReader } from '../ports/journal.ts';
import type { ViewPorts } from './ports.ts';
import type { Readings } from './reading.ts';

/** When the oldest commits were made that are still to be sent. */
export interface BacklogAges {
  /** For each channel, in the same order; null: none waits, or its time is not known. */
  readonly waitingSinceMs: readonly (number | null)[];
  /** More commits wait than one request reads: their times are left out. */
  readonly isCut: boolean;
}

/** The most commits that one request reads for their times. Those that go on waiting are remembered. */
const MAX_READS = 100;

/** The memory of a warm function → `scope/seq` → when that commit was made. */
const remembered = new WeakMap<Readings, ReadonlyMap<string, number>>();

interface Waiting {
  readonly scope: Scope;
  readonly seq: number;
}

/** The ages of backlogs: one small read for each journal that a channel is behind in. */
export async function readBacklogAges(
  { journal, scopes, readings }: Pick<ViewPorts, 'journal' | 'scopes' | 'readings'>,
  states: readonly ChannelState[],
  lastSeqs: ReadonlyMap<string, number>,
): Promise<BacklogAges> {
  const waiting = states.map((state) => firstWaiting(state, scopes, lastSeqs));
  const distinct = new Map(waiting.flat().map((commit) => [nameOf(commit), commit]));
  const known = remembered.get(readings) ?? new Map<string, number>();
  const unread = [...distinct].filter(([name]) => !known.has(name));
  const read = await readTimes(journal, unread.slice(0, MAX_READS));
  const times = new Map([...known, ...read].filter(([name]) => distinct.has(name)));
  remembered.set(readings, times);
  return {
    waitingSinceMs: waiting.map((commits) => earliest(commits, times)),
    isCut: unread.length > MAX_READS,
  };
}

/** The first commit of each journal that is past the channel's position. */
function firstWaiting(
  { cursor }: ChannelState,
  scopes: readonly Scope[],
  lastSeqs: ReadonlyMap<string, number>,
): readonly Waiting[] {
  return scopes.flatMap((scope) => {
    const reached = cursor[scope.key]?.seq;
    const isBehind = reached !== undefined && reached < (lastSeqs.get(scope.key) ?? 0);
    return isBehind ? [{ scope, seq: reached + 1 }] : [];
  });
}

function nameOf({ scope, seq }: Waiting): string {
  return `${scope.key}/${seq}`;
}

async function readTimes(
  journal: JournalReader,
  commits: readonly (readonly [string, Waiting])[],
): Promise<ReadonlyMap<string, number>> {
  const read = await Promise.all(
    commits.map(async ([name, { scope, seq }]) => {
      // The commit itself may be past the retention: the oldest one that is left waits as well.
      const [commit] = await journal.after(scope, seq - 1, 1);
      return commit === undefined ? [] : [[name, commit.atMs] as const];
    }),
  );
  return new Map(read.flat());
}

function earliest(commits: readonly Waiting[], times: ReadonlyMap<string, number>): number | null {
  const found = commits.flatMap((commit) => times.get(nameOf(commit)) ?? []);
  return found.length === 0 ? null : found.reduce((one, other) => Math.min(one, other));
}
