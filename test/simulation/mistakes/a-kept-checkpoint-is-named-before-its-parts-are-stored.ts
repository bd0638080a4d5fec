import type { KeyColumn } from 'tablestore';
import type * as real from '../hooks.ts';

interface RowWrite {
  readonly primaryKey: readonly KeyColumn[];
}

/** The parts wait until the row is stored that names them. */
export const clientOf: typeof real.clientOf = (client) => {
  const waiting: RowWrite[] = [];
  return {
    ...client,
    putRow: async (parameters: RowWrite) => {
      if (scopeOf(parameters).startsWith('kept-parts:')) {
        waiting.push(parameters);
        return {};
      }
      const answer = await client.putRow(parameters);
      if (scopeOf(parameters).startsWith('kept:')) {
        await Promise.all(waiting.splice(0).map((part) => client.putRow(part)));
      }
      return answer;
    },
  };
};

function scopeOf({ primaryKey }: RowWrite): string {
  return String(primaryKey[0]?.scope);
}
