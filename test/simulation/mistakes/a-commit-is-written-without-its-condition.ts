import { Condition, RowExistenceExpectation } from 'tablestore';
import type * as real from '../hooks.ts';

export const clientOf: typeof real.clientOf = (client) => ({
  ...client,
  putRow: (parameters: { readonly tableName: string }) =>
    client.putRow(
      parameters.tableName.endsWith('journal')
        ? { ...parameters, condition: new Condition(RowExistenceExpectation.IGNORE, null) }
        : parameters,
    ),
});
