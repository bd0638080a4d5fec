import type { Body } from '../answer.ts';
import type { ApiCall } from '../request.ts';

/** What a Describe call asks for: a page of a listing, or instances by id. */
export type Query =
  | { readonly kind: 'listings'; readonly pageNumber: number }
  | { readonly kind: 'by-id' };

/** What a call asks for; `undefined` for a call that does not ask for instances. */
export function queryOf({ action, parameters }: ApiCall): Query | undefined {
  if (!(action in ROWS)) return undefined;
  const names = [...parameters.keys()];
  // InstanceId.1, InstanceId.2 … for one action, InstanceIds for the other.
  if (names.some((name) => name.startsWith('InstanceId'))) return { kind: 'by-id' };
  return { kind: 'listings', pageNumber: Number(parameters.get('PageNumber') || 1) };
}

/** Where the answers of an action keep their rows. */
const ROWS: Record<string, readonly [list: string, row: string]> = {
  DescribeInstanceStatus: ['InstanceStatuses', 'InstanceStatus'],
  DescribeInstances: ['Instances', 'Instance'],
};

/** The answer with other rows. */
export function mapRows(
  action: string,
  body: Body,
  change: (rows: readonly Body[]) => readonly Body[],
): Body {
  const [list = '', row = ''] = ROWS[action] ?? [];
  const rows = (body[list] as Record<string, readonly Body[]> | undefined)?.[row] ?? [];
  return { ...body, [list]: { [row]: change(rows) } };
}
