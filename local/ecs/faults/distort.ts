import type { Body } from '../answer.ts';
import type { Cloud, EcsOperation } from '../operations/operation.ts';
import type { ApiCall } from '../request.ts';
import type { EcsFault } from './fault.ts';
import { mapRows } from './query.ts';

/** The operation's answer, changed by the faults that hit the call, in their order. */
export function distorted(
  hits: readonly EcsFault[],
  operation: EcsOperation,
  call: ApiCall,
  cloud: Cloud,
): Body {
  const repeated = hits.some(({ kind }) => kind === 'repeated-page');
  const body = repeated ? pageBefore(operation, call, cloud) : operation(call, cloud);
  return hits.reduce((distortedBody, fault) => distort(distortedBody, fault, call.action), body);
}

/** The rows of the previous page, under the page number that the call asks for. */
function pageBefore(operation: EcsOperation, call: ApiCall, cloud: Cloud): Body {
  const pageNumber = Number(call.parameters.get('PageNumber') || 1);
  const parameters = new Map([
    ...call.parameters,
    ['PageNumber', String(Math.max(1, pageNumber - 1))] as const,
  ]);
  return { ...operation({ ...call, parameters }, cloud), PageNumber: pageNumber };
}

function distort(body: Body, fault: EcsFault, action: string): Body {
  switch (fault.kind) {
    case 'empty':
      return { ...mapRows(action, body, () => []), TotalCount: 0, ...NO_NEXT_TOKEN[action] };
    case 'total-count':
      return { ...body, TotalCount: Math.max(0, Number(body.TotalCount) + fault.add) };
    case 'malformed-item':
      return mapRows(action, body, (rows) =>
        rows.map((row, index) => (index === 0 ? without(row, fault.missing) : row)),
      );
    case 'short-page':
      return mapRows(action, body, (rows) => rows.slice(0, -fault.rows));
    default:
      return body;
  }
}

const NO_NEXT_TOKEN: Record<string, Body> = { DescribeInstances: { NextToken: '' } };

function without(row: Body, member: string): Body {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== member));
}
