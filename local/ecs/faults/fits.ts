import type { ApiCall } from '../request.ts';
import type { EcsFault } from './fault.ts';
import { queryOf } from './query.ts';

/** Which faults may hit this call of an account, by their selectors. */
export function fitsCall(call: ApiCall, account: string): (fault: EcsFault) => boolean {
  const query = queryOf(call);
  const regionId = call.parameters.get('RegionId') ?? '';
  return ({ accounts, operations, regions, pages, queries, kind }) => {
    if (accounts && !accounts.includes(account)) return false;
    if (operations && !operations.includes(call.action)) return false;
    if (regions && !regions.includes(regionId)) return false;
    if (queries && queries !== query?.kind) return false;
    if (pages && !(query?.kind === 'listings' && pages.includes(query.pageNumber))) return false;
    return query !== undefined || !NEEDS_ROWS.has(kind);
  };
}

/** These change instances that a call asks for, so they do not fit a call that asks for none. */
const NEEDS_ROWS: ReadonlySet<EcsFault['kind']> = new Set([
  'churn',
  'empty',
  'total-count',
  'malformed-item',
  'repeated-page',
  'short-page',
] as const);
