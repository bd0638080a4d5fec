import { examineChain, type Inconsistency } from '../core/chain.ts';
import type { Scope } from '../core/model.ts';
import { WATCHER } from '../core/watcher-journal.ts';
import { COMMITS_PER_READ } from '../journal/read.ts';
import { allOf } from '../lib/all-of.ts';
import type { RawJournal } from '../ports/raw-journal.ts';
import type { ChannelRecord, Records, ScopeRecord } from './core/records.ts';
import { readCheckpointRecord } from './read-checkpoint-record.ts';
import { readKept } from './read-kept.ts';
import type { DoctorPorts, DoctorRun } from './run.ts';

/** Attempts at messages of a channel that are shown. */
const SHOWN_DELIVERIES = 5;

export async function readRecords({ rows, now }: DoctorPorts, run: DoctorRun): Promise<Records> {
  // Ticks may go on meanwhile: a cursor that is read before the journals is never past their ends.
  const channels = await readChannelRecords(rows, run);
  const scopes: ScopeRecord[] = [];
  for (const scope of run.scopes) scopes.push(await readScopeRecord(rows, scope));
  const watcher = await readScopeRecord(rows, WATCHER);
  const isInUse = watcher.extent.commits > 0 || isUnreadable(watcher.starts);
  if (isInUse) scopes.push(watcher);
  const { healthLimits } = run;
  return { atMs: now(), scopes, channels, ...(healthLimits && { healthLimits }) };
}

function isUnreadable(stored: ScopeRecord['starts']): boolean {
  return stored !== null && 'unreadable' in stored;
}

async function readChannelRecords(
  rows: RawJournal,
  run: DoctorRun,
): Promise<readonly ChannelRecord[]> {
  const stored = await rows.channels();
  const names = [...new Set([...run.channels, ...stored.keys()])];
  return allOf(
    names.map(async (channel) => ({
      channel,
      isConfigured: run.channels.length === 0 || run.channels.includes(channel),
      state: stored.get(channel) ?? null,
      deliveries: await rows.deliveries(channel, SHOWN_DELIVERIES),
    })),
  );
}

export async function readScopeRecord(rows: RawJournal, scope: Scope): Promise<ScopeRecord> {
  const head = await rows.head(scope);
  const { checkpoint, snapshot } = await readCheckpointRecord(rows, scope, head);
  const ref = checkpoint?.ref ?? null;
  const chain = examineChain(ref && { seq: ref.seq, snapshot });
  const inconsistencies: Inconsistency[] = [];
  const kept = await readKept(rows, scope, chain);
  for (let seq = 0; ; ) {
    const page = await rows.commits(scope, seq, COMMITS_PER_READ);
    for (const row of page) {
      inconsistencies.push(...chain.next(row));
      await kept.compare(row.seq);
    }
    seq = page.at(-1)?.seq ?? seq;
    if (page.length < COMMITS_PER_READ) break;
  }
  inconsistencies.push(...chain.end());
  const isReferenceLost = checkpoint !== null && ref === null;
  return {
    scope: scope.key,
    health: head?.health ?? null,
    starts: head?.starts ?? null,
    lease: (await rows.lease(scope)) ?? null,
    checkpoint,
    extent: chain.extent(),
    inconsistencies,
    wrongKept: await kept.end(),
    // Without the reference, the parts of the current checkpoint are not known.
    strayParts: isReferenceLost ? [] : await rows.strayParts(scope, ref),
  };
}
