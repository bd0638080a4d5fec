import { seededRandom } from '../../random.ts';
import type { ApiCall } from '../request.ts';
import type { EcsFault, EcsFaults, FaultKind } from './fault.ts';
import { type Query, queryOf } from './query.ts';

/** Decides which faults strike a call, and uses them up. */
export type FaultPlan = (call: ApiCall) => readonly EcsFault[];

export function faultPlan(faults: EcsFaults, seed: number): FaultPlan {
  const random = seededRandom(seed);
  const timesLeft = faults.map(({ times }) => times ?? Number.POSITIVE_INFINITY);
  return (call) => {
    const query = queryOf(call);
    const struck: EcsFault[] = [];
    for (const [index, fault] of faults.entries()) {
      const left = timesLeft[index] ?? 0;
      if (left <= 0 || !fits(fault, call.action, query)) continue;
      if (fault.probability !== undefined && !random.chance(fault.probability)) continue;
      timesLeft[index] = left - 1;
      struck.push(fault);
      if (ANSWERS_INSTEAD.has(fault.kind)) break;
    }
    return struck;
  };
}

const ANSWERS_INSTEAD = new Set<FaultKind>(['throttle', 'denied', 'error', 'html-error', 'reset']);

/** These are about instances that were asked for, so they leave alone calls that ask for none. */
const NEEDS_ROWS = new Set<FaultKind>([
  'churn',
  'empty',
  'total-count',
  'malformed-item',
  'repeated-page',
  'short-page',
]);

function fits(fault: EcsFault, action: string, query: Query | undefined): boolean {
  const { actions, pages, queries, kind } = fault;
  if (actions && !actions.includes(action)) return false;
  if (queries && queries !== query?.kind) return false;
  if (pages && !(query?.kind === 'listings' && pages.includes(query.pageNumber))) return false;
  return query !== undefined || !NEEDS_ROWS.has(kind);
}
