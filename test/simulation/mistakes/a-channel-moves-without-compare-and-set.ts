import { Condition, type KeyColumn, RowExistenceExpectation } from 'tablestore';
import type * as real from '../hooks.ts';

interface Write {
  readonly primaryKey: readonly KeyColumn[];
  readonly condition: { readonly columnCondition: unknown };
}

export const clientOf: typeof real.clientOf = (client) => ({
  ...client,
  updateRow: (write: Write) =>
    client.updateRow(comparesVersion(write) ? unconditional(write) : write),
});

function comparesVersion({ primaryKey, condition }: Write): boolean {
  const isChannel = primaryKey.some(({ scope }) => scope === 'channels');
  return isChannel && condition.columnCondition !== null;
}

function unconditional(write: Write): object {
  return { ...write, condition: new Condition(RowExistenceExpectation.EXPECT_EXIST, null) };
}
