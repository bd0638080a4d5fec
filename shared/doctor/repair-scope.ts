import type { Scope, Snapshot } from '../core/model.ts';
import { rebuildSnapshot } from '../journal/rebuild.ts';
import { JournalError, type JournalRepair, MAX_LEASE_MS } from '../ports/journal.ts';
import { planRepairs, type Repair, type StoreCheckpoint } from './core/repair.ts';
import { readScopeRecord } from './read-records.ts';
import type { DoctorPorts } from './run.ts';

/** Well below the longest valid lease: the clocks of ticks may be a little behind. */
const REPAIR_LEASE_MS = MAX_LEASE_MS / 2;

/** Examines a scope again under its lease, so that no tick stores anything meanwhile, and repairs. */
export async function repairScope(
  ports: DoctorPorts,
  scope: Scope,
  runId: string,
): Promise<readonly Repair[]> {
  const { rows, repair, now } = ports;
  const nowMs = now();
  const lease = { owner: runId, untilMs: nowMs + REPAIR_LEASE_MS };
  const holder = await repair.lease(scope, lease, nowMs);
  if (typeof holder !== 'string') return [{ kind: 'refused', scope: scope.key, ...holder }];
  try {
    const repairs: Repair[] = [];
    for (const plan of planRepairs(await readScopeRecord(rows, scope), now())) {
      if (plan.kind === 'store-checkpoint') {
        repairs.push(await storeCheckpoint(ports, scope, plan, runId));
      } else {
        await repair.removeParts(scope, plan.parts);
        repairs.push({ ...plan, state: 'done' });
      }
    }
    return repairs;
  } finally {
    await repair.lease(scope, { owner: runId, untilMs: 0 }, now());
  }
}

/** Replaces a damaged checkpoint by what the journal says from its first commit on. */
async function storeCheckpoint(
  { rows, repair }: DoctorPorts,
  scope: Scope,
  plan: StoreCheckpoint,
  runId: string,
): Promise<Repair> {
  const stored = (await rows.head(scope))?.checkpoint ?? null;
  if (stored === null) return { ...plan, state: 'overtaken' };
  const damaged = 'value' in stored ? stored.value : (stored.stored ?? null);
  const snapshot = await rebuildWhole(repair, scope, plan.seq);
  const current = await repair.saveCheckpoint(scope, snapshot, runId, damaged);
  const state = current.writer === runId ? 'done' : 'overtaken';
  return { ...plan, state, instances: snapshot.instances.size };
}

/** All commits were there a moment ago; if one is gone by now, nothing may be stored. */
async function rebuildWhole(
  journal: JournalRepair,
  scope: Scope,
  lastSeq: number,
): Promise<Snapshot> {
  const { snapshot, since } = await rebuildSnapshot(journal, scope, lastSeq);
  if (since === null && snapshot.seq === lastSeq) return snapshot;
  throw new JournalError('corrupt', 'ShortJournal', `${scope.key}: commits have vanished`);
}
