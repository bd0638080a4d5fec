import { callsOf, NEW_HEALTH } from '../core/health.ts';
import { ChainError, fold } from '../core/journal.ts';
import type { Commit, Scope, Snapshot } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import { accountAndRegionIn } from '../core/target.ts';
import { WATCHER } from '../core/watcher-journal.ts';
import type { JournalReader } from '../ports/journal.ts';
import { examineExport } from './core/examine-export.ts';
import type { ExportItem } from './core/item.ts';
import { partsOf } from './core/snapshot-parts.ts';
import { COMMITS_PER_READ, commitsPast, lastSeqOf } from './read.ts';
import { readCheckpoint } from './read-checkpoint.ts';

/** Attempts at messages that one read asks for. */
const DELIVERIES_PER_READ = 1_000;

/** There is no journal, it contradicts itself, or a row of it cannot be read: an export would spread that. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/**
 * All that a store holds, but for kept checkpoints, which only make the past quicker to read. The
 * channels are read first: whatever is delivered or recorded meanwhile, no cursor in the export is past
 * its commits. @throws {ExportError} @throws {JournalError}
 */
export async function* exportJournal(
  journal: JournalReader,
  watched: readonly Scope[],
): AsyncGenerator<ExportItem, void> {
  const channels = [...(await journal.channels())].map(
    ([name, row]) => [name, readableValue(row, `the row of channel ${name}`)] as const,
  );
  const storedList = await journal.watchList();
  const list = storedList && readableValue(storedList, 'the list of what is watched');
  const named = [
    ...watched,
    ...(list?.scopes ?? []),
    ...channels.flatMap(([, { cursor }]) => Object.keys(cursor).map(scopeOf)),
    WATCHER,
  ];
  const examination = examineExport();
  let isEmpty = true;
  for (const scope of new Map(named.map((each) => [each.key, each])).values()) {
    for await (const item of scopeItems(journal, scope)) {
      const [problem] = examination.next(item);
      if (problem !== undefined) throw new ExportError(problem);
      isEmpty = false;
      yield item;
    }
  }
  // A wrong name, or a mistyped prefix, would otherwise look like a journal that was moved.
  if (isEmpty) {
    throw new ExportError(
      'no journal is stored in the tables that ECS_WATCH_NAME and TABLESTORE_TABLE_PREFIX name',
    );
  }
  for (const [name] of channels) yield* deliveryItems(journal, name);
  for (const [name, state] of channels) yield { kind: 'channel', name, state };
  if (list !== undefined) yield { kind: 'watched', list };
}

async function* scopeItems(journal: JournalReader, scope: Scope): AsyncGenerator<ExportItem, void> {
  const { key } = scope;
  const head = await journal.head(scope);
  const { checkpoint, health, starts } = head?.unreadable ?? {};
  const unreadable = checkpoint ?? health ?? starts;
  if (unreadable !== undefined) throw new ExportError(unreadable.error.message);
  const read = await readCheckpoint(journal, scope, head?.checkpoint ?? null);
  if (read.snapshot === null) throw new ExportError(read.damage.message);
  const base = read.ref?.seq ?? 0;
  const tail = await commitsPast(journal, scope, base);
  const lastSeq = lastSeqOf(tail, base);
  if (head === undefined && lastSeq === 0) return;
  if (read.ref !== null) yield* partsOf(key, folded(read.snapshot, tail));
  for (let seq = 0; seq < lastSeq; ) {
    const page = await journal.after(scope, seq, COMMITS_PER_READ);
    const commits = page.filter((commit) => commit.seq <= lastSeq);
    for (const commit of commits) yield { kind: 'commit', commit };
    if (page.length < COMMITS_PER_READ) break;
    seq = lastSeqOf(commits, lastSeq);
  }
  const totals = head && callsOf(head);
  yield {
    kind: 'head',
    scope: key,
    seq: lastSeq,
    health: head?.health ?? NEW_HEALTH,
    starts: head?.starts ?? {},
    ...(totals !== undefined && { totals }),
  };
}

function folded(snapshot: Snapshot, tail: readonly Commit[]): Snapshot {
  try {
    return fold(snapshot, tail);
  } catch (error) {
    if (error instanceof ChainError) throw new ExportError(error.message, { cause: error });
    throw error;
  }
}

/** Newest first, as the store gives them. */
async function* deliveryItems(
  journal: JournalReader,
  channel: string,
): AsyncGenerator<ExportItem, void> {
  for (let before: number | undefined; ; ) {
    const page = await journal.deliveries(channel, DELIVERIES_PER_READ, before);
    // A record that cannot be read is history that no decision depends on.
    for (const row of page) if ('value' in row) yield { kind: 'delivery', record: row.value };
    if (page.length < DELIVERIES_PER_READ) return;
    before = page.at(-1)?.seq;
  }
}

function readableValue<T>(row: Stored<T>, what: string): T {
  if ('value' in row) return row.value;
  throw new ExportError(`${what} cannot be read: ${row.unreadable}`);
}

/** A scope that is watched no longer: its key says what there is to know. */
function scopeOf(key: string): Scope {
  return { key, account: '', regionId: '', ...accountAndRegionIn(key) };
}
