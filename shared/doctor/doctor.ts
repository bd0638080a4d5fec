import { type CheckpointSeed, examineChain, type Inconsistency } from '../core/chain.ts';
import { fold } from '../core/journal.ts';
import {
  type Commit,
  EMPTY_SNAPSHOT,
  type Instance,
  type Scope,
  type Snapshot,
} from '../core/model.ts';
import { COMMITS_PER_READ } from '../journal/read.ts';
import {
  type CheckpointRef,
  JournalError,
  type JournalRepair,
  MAX_LEASE_MS,
} from '../ports/journal.ts';
import type { HeadRow, RawJournal } from '../ports/raw-journal.ts';
import { messageOf } from '../ports/reason.ts';
import {
  type ChannelRecord,
  type CheckpointRecord,
  recoveryOf,
  removableParts,
  type ScopeRecord,
} from './core/diagnosis.ts';
import { type DoctorReport, type Records, type Repair, reportOn } from './core/report.ts';

export interface DoctorPorts {
  readonly rows: RawJournal;
  /** Touched only by a repair. */
  readonly repair: JournalRepair;
  readonly now: () => number;
}

/** One visit of the doctor: what to examine, and whether to mend what can be mended. */
export interface DoctorRun {
  readonly scopes: readonly Scope[];
  /** The configured channels; empty: every one that has a row is examined. */
  readonly channels: readonly string[];
  readonly isRepair: boolean;
  /** Unlike that of every tick: the lease is taken by this name. */
  readonly runId: string;
}

/**
 * Examines what is stored, row by row, and explains what it finds. It changes nothing unless told
 * to, and then only what a tick could store by itself: a checkpoint made of the whole journal, and
 * the removal of parts that nobody needs. Commits and cursors are never touched.
 */
export async function doctor(ports: DoctorPorts, visit: DoctorRun): Promise<DoctorReport> {
  const records = await examine(ports, visit);
  const plans = records.scopes.map((record) => planOf(record, records.atMs));
  if (!visit.isRepair) return reportOn(records, plans.flat(), MAX_LEASE_MS);

  const repairs: Repair[] = [];
  for (const [index, scope] of visit.scopes.entries()) {
    const isNeeded = (plans[index] ?? []).length > 0;
    if (isNeeded) repairs.push(...(await repairScope(ports, visit, scope)));
  }
  const after = repairs.length === 0 ? records : await examine(ports, visit);
  return reportOn(after, repairs, MAX_LEASE_MS);
}

async function examine({ rows, now }: DoctorPorts, visit: DoctorRun): Promise<Records> {
  // Ticks may go on meanwhile: a cursor that is read before the journals is never past their ends.
  const channels = await readChannels(rows, visit);
  const scopes: ScopeRecord[] = [];
  for (const scope of visit.scopes) scopes.push(await readScope(rows, scope));
  return { atMs: now(), scopes, channels };
}

async function readChannels(rows: RawJournal, visit: DoctorRun): Promise<readonly ChannelRecord[]> {
  const stored = await rows.channels();
  const names = [...new Set([...visit.channels, ...stored.keys()])];
  return names.map((channel) => ({
    channel,
    isConfigured: visit.channels.length === 0 || visit.channels.includes(channel),
    state: stored.get(channel) ?? null,
  }));
}

async function readScope(rows: RawJournal, scope: Scope): Promise<ScopeRecord> {
  const { head, checkpoint, snapshot } = await readCheckpoint(rows, scope);
  const ref = checkpoint?.ref ?? null;
  const chain = examineChain(ref && ({ seq: ref.seq, snapshot } satisfies CheckpointSeed));
  const flaws: Inconsistency[] = [];
  for (let seq = 0; ; ) {
    const links = await rows.commits(scope, seq, COMMITS_PER_READ);
    for (const link of links) flaws.push(...chain.next(link));
    seq = links.at(-1)?.seq ?? seq;
    if (links.length < COMMITS_PER_READ) break;
  }
  flaws.push(...chain.end());
  const isReferenceLost = checkpoint !== null && ref === null;
  return {
    scope: scope.key,
    health: head?.health ?? null,
    starts: head?.starts ?? null,
    lease: (await rows.lease(scope)) ?? null,
    checkpoint,
    extent: chain.extent(),
    flaws,
    // Without the reference, nobody can say which parts are the current ones.
    strayParts: isReferenceLost ? [] : await rows.strayParts(scope, ref),
  };
}

interface ReadCheckpoint {
  readonly head: HeadRow | undefined;
  readonly checkpoint: CheckpointRecord | null;
  /** Null where there is none, or it is damaged. */
  readonly snapshot: Snapshot | null;
}

/** A tick that stores a checkpoint removes the one before, even while it is being read. */
const MAX_CHECKPOINT_READS = 3;

async function readCheckpoint(rows: RawJournal, scope: Scope): Promise<ReadCheckpoint> {
  let head = await rows.head(scope);
  for (let attempt = 1; ; attempt += 1) {
    const read = await readParts(rows, scope, head);
    if (read.checkpoint === null || read.checkpoint.damage.length === 0) return read;
    const headNow = await rows.head(scope);
    const isReplaced = JSON.stringify(headNow?.checkpoint) !== JSON.stringify(head?.checkpoint);
    if (!isReplaced || attempt === MAX_CHECKPOINT_READS) return read;
    head = headNow;
  }
}

async function readParts(
  rows: RawJournal,
  scope: Scope,
  head: HeadRow | undefined,
): Promise<ReadCheckpoint> {
  const found = head?.checkpoint ?? null;
  if (found === null) return { head, checkpoint: null, snapshot: null };
  if (!('value' in found)) {
    const damage = [`what names it (column checkpoint of the head row): ${found.unreadable}`];
    const checkpoint = { ref: null, damage, instances: null, baselined: false };
    return { head, checkpoint, snapshot: null };
  }
  const ref = found.value;
  const instances = new Map<string, Instance>();
  const damage: string[] = [];
  let baselined = true;
  for (let index = 0; index < ref.parts; index += 1) {
    try {
      const part = await rows.part(scope, ref, index);
      baselined &&= part.baselined;
      for (const [id, instance] of part.instances) instances.set(id, instance);
    } catch (error) {
      damage.push(damageOf(error));
    }
  }
  const isWhole = damage.length === 0;
  return {
    head,
    checkpoint: { ref, damage, instances: isWhole ? instances.size : null, baselined },
    snapshot: isWhole ? { seq: ref.seq, baselined, instances } : null,
  };
}

function damageOf(error: unknown): string {
  if (!(error instanceof JournalError) || error.kind !== 'corrupt') throw error;
  const { message, cause } = error;
  const why = cause === undefined ? 'it is missing, or not what it should be' : messageOf(cause);
  return `${message} (${why})`;
}

/** What a repair of this scope would do. */
function planOf(record: ScopeRecord, nowMs: number): readonly Repair[] {
  const { scope, checkpoint, extent } = record;
  const isDamaged = checkpoint !== null && checkpoint.damage.length > 0;
  const isMendable = isDamaged && recoveryOf(record) === 'rebuild' && extent.lastSeq !== null;
  const parts = removableParts(record, nowMs);
  return [
    ...(isMendable
      ? [
          {
            kind: 'store-checkpoint' as const,
            state: 'planned' as const,
            scope,
            seq: extent.endSeq,
            instances: extent.instances,
          },
        ]
      : []),
    ...(parts.length > 0
      ? [{ kind: 'remove-parts' as const, state: 'planned' as const, scope, parts }]
      : []),
  ];
}

/** Well within what may bind others, whose clocks may be a little behind. */
const REPAIR_LEASE_MS = MAX_LEASE_MS / 2;

/** Looks again under the scope's lease, so that no tick stores anything meanwhile, and mends. */
async function repairScope(
  { rows, repair, now }: DoctorPorts,
  { runId: visitId }: DoctorRun,
  scope: Scope,
): Promise<readonly Repair[]> {
  const nowMs = now();
  const lease = { owner: visitId, untilMs: nowMs + REPAIR_LEASE_MS };
  const holder = await repair.lease(scope, lease, nowMs);
  if (holder !== 'mine') return [{ kind: 'refused', scope: scope.key, ...holder }];
  try {
    const repairs: Repair[] = [];
    for (const plan of planOf(await readScope(rows, scope), now())) {
      if (plan.kind === 'store-checkpoint') {
        repairs.push(await storeCheckpoint(rows, repair, scope, plan, visitId));
      }
      if (plan.kind === 'remove-parts') {
        await repair.removeParts(scope, plan.parts);
        repairs.push({ ...plan, state: 'done' });
      }
    }
    return repairs;
  } finally {
    await repair.lease(scope, { owner: visitId, untilMs: 0 }, now());
  }
}

/** Replaces a damaged checkpoint by what the journal says from its first commit on. */
async function storeCheckpoint(
  rows: RawJournal,
  repair: JournalRepair,
  scope: Scope,
  plan: Extract<Repair, { kind: 'store-checkpoint' }>,
  visitId: string,
): Promise<Repair> {
  const found = (await rows.head(scope))?.checkpoint ?? null;
  if (found === null) return { ...plan, state: 'overtaken' };
  const damaged: CheckpointRef | string = 'value' in found ? found.value : found.stored;
  const snapshot = await rebuild(rows, scope, plan.seq);
  const current = await repair.saveCheckpoint(scope, snapshot, visitId, damaged);
  const state = current.writer === visitId ? 'done' : 'overtaken';
  return { ...plan, state, instances: snapshot.instances.size };
}

/** The snapshot at `lastSeq` by all commits from the first one on. */
async function rebuild(rows: RawJournal, scope: Scope, lastSeq: number): Promise<Snapshot> {
  let snapshot = EMPTY_SNAPSHOT;
  while (snapshot.seq < lastSeq) {
    const limit = Math.min(COMMITS_PER_READ, lastSeq - snapshot.seq);
    const links = await rows.commits(scope, snapshot.seq, limit);
    const commits = links.filter((link): link is Commit => 'changes' in link);
    // They were all there a moment ago; without one of them, nothing may be stored.
    if (commits.length < limit) {
      throw new JournalError('corrupt', 'ShortJournal', `${scope.key}: commits have vanished`);
    }
    snapshot = fold(snapshot, commits);
  }
  return snapshot;
}
