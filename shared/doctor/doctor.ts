import { MAX_LEASE_MS } from '../ports/journal.ts';
import { planRepairs, type Repair } from './core/repair.ts';
import { type DoctorReport, reportOn } from './core/report.ts';
import { readRecords } from './read-records.ts';
import { repairScope } from './repair-scope.ts';
import type { DoctorPorts, DoctorRun } from './run.ts';

/**
 * Examines what is stored, row by row, and explains what is wrong. It changes nothing unless the
 * run is a repair, and then only what a tick could store by itself: a checkpoint made from the
 * whole journal, and the removal of parts that no checkpoint needs. Commits and cursors are never
 * touched.
 */
export async function doctor(ports: DoctorPorts, run: DoctorRun): Promise<DoctorReport> {
  const records = await readRecords(ports, run);
  const plan = records.scopes.flatMap((record) => [...planRepairs(record, records.atMs)]);
  if (!run.isRepair) return reportOn(records, plan, MAX_LEASE_MS);

  const repairs: Repair[] = [];
  for (const scope of run.scopes) {
    const isNeeded = plan.some((repair) => repair.scope === scope.key);
    if (isNeeded) repairs.push(...(await repairScope(ports, scope, run.runId)));
  }
  const after = repairs.length === 0 ? records : await readRecords(ports, run);
  return reportOn(after, repairs, MAX_LEASE_MS);
}
