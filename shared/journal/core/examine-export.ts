import { type Chain, examineChain, type Inconsistency } from '../../core/chain.ts';
import type { Snapshot } from '../../core/model.ts';
import { WATCHER } from '../../core/watcher-journal.ts';
import type { ExportItem, SnapshotItem } from './item.ts';
import { snapshotOf } from './snapshot-parts.ts';

/** A journal in an export: its commits from `firstSeq` on (null: all have expired), to `seq`. */
export interface ExportedScope {
  readonly firstSeq: number | null;
  readonly seq: number;
}

/** Examines an export item by item. */
export interface ExportExamination {
  /** What is wrong with the next item. */
  next(item: ExportItem): readonly string[];
  /** What is missing at the end. */
  end(): readonly string[];
  /** Scope key → what the export has of it, so far. */
  readonly scopes: ReadonlyMap<string, ExportedScope>;
}

interface OpenScope {
  readonly key: string;
  readonly parts: SnapshotItem[];
  chain: Chain | undefined;
}

/**
 * Does each journal of an export hold together: no gap, each change from the state that was left before
 * it, and at the end the state of the snapshot? A file that was edited, cut or put together from two is
 * found here, before anything of it is stored.
 */
export function examineExport(): ExportExamination {
  const scopes = new Map<string, ExportedScope>();
  const channels = new Set<string>();
  let open: OpenScope | undefined;

  const opened = (key: string): OpenScope => {
    open ??= { key, parts: [], chain: undefined };
    return open;
  };
  const misplaced = (key: string): readonly string[] => {
    if (open !== undefined && open.key !== key) return [`${open.key} has no head yet`];
    return scopes.has(key) ? [`${key} is there a second time`] : [];
  };
  const chainOf = (scope: OpenScope): Chain => {
    if (scope.chain === undefined) {
      const snapshot: Snapshot | null = snapshotOf(scope.parts);
      scope.chain = examineChain(snapshot && { seq: snapshot.seq, snapshot });
    }
    return scope.chain;
  };

  return {
    scopes,
    next(item) {
      switch (item.kind) {
        case 'snapshot': {
          const problems = misplaced(item.scope);
          if (problems.length > 0) return problems;
          const { parts, chain } = opened(item.scope);
          const isNext = parts.length === item.index && (parts[0]?.seq ?? item.seq) === item.seq;
          if (chain !== undefined || !isNext) {
            return [`part ${item.index} of the snapshot of ${item.scope} is out of its order`];
          }
          parts.push(item);
          return [];
        }
        case 'commit': {
          const { commit } = item;
          const problems = misplaced(commit.scope);
          if (problems.length > 0) return problems;
          const scope = opened(commit.scope);
          const before = chainOf(scope).extent().lastSeq;
          if (before !== null && commit.seq <= before) {
            return [`commit ${commit.scope}/${commit.seq} follows ${before}`];
          }
          return breaksIn(commit.scope, chainOf(scope).next(commit));
        }
        case 'head': {
          const problems = misplaced(item.scope);
          if (problems.length > 0) return problems;
          const scope = opened(item.scope);
          const ended = breaksIn(item.scope, chainOf(scope).end());
          const { firstSeq, lastSeq } = chainOf(scope).extent();
          const snapshotSeq = scope.parts[0]?.seq ?? null;
          open = undefined;
          scopes.set(item.scope, { firstSeq, seq: item.seq });
          return [...ended, ...endsOf(item.scope, item.seq, { firstSeq, lastSeq, snapshotSeq })];
        }
        case 'channel': {
          if (channels.has(item.name)) return [`channel ${item.name} is there a second time`];
          channels.add(item.name);
          return [];
        }
        case 'delivery':
        case 'watched':
          return [];
      }
    },
    end: () => (open === undefined ? [] : [`${open.key} has no head`]),
  };
}

interface Ends {
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly snapshotSeq: number | null;
}

function endsOf(
  key: string,
  seq: number,
  { firstSeq, lastSeq, snapshotSeq }: Ends,
): readonly string[] {
  const problems: string[] = [];
  if (snapshotSeq !== null && snapshotSeq !== seq) {
    problems.push(`the snapshot of ${key} is at commit ${snapshotSeq}, and its head at ${seq}`);
  }
  if (lastSeq !== null && lastSeq !== seq) {
    problems.push(`the commits of ${key} end at ${lastSeq}, and its head is at ${seq}`);
  }
  // Only notices are in the watcher's journal: nothing is rebuilt from its beginning.
  const isWhole = firstSeq === 1 || seq === 0 || key === WATCHER.key;
  if (snapshotSeq === null && !isWhole) {
    problems.push(`${key} begins at commit ${firstSeq ?? 'none'} and has no snapshot`);
  }
  return problems;
}

function breaksIn(key: string, found: readonly Inconsistency[]): readonly string[] {
  return found.flatMap((each) => breakIn(key, each) ?? []);
}

/** Undefined: it makes no commit untrue. */
function breakIn(key: string, found: Inconsistency): string | undefined {
  const { seq } = found;
  switch (found.kind) {
    case 'missing-commits':
      return `commits ${seq} to ${found.lastSeq} of ${key} are missing`;
    case 'unreadable-commit':
      return `commit ${key}/${seq} cannot be read: ${found.reason}`;
    case 'wrong-from':
      return `commit ${key}/${seq} moves ${found.instanceId} from ${found.found}, but it was ${found.expected}`;
    case 'no-move':
      return `commit ${key}/${seq} leaves ${found.instanceId} as it was (${found.status})`;
    case 'checkpoint-differs':
      return `the snapshot of ${key} has ${found.instanceId} as ${found.found}, and its commits as ${found.expected}`;
    case 'time-back':
      // A clock was wrong once.
      return undefined;
  }
}
