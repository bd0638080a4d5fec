import type { KeyColumn } from 'tablestore';
import type * as real from '../hooks.ts';

interface PartWrite {
  readonly primaryKey: readonly KeyColumn[];
}

/** The parts wait until the head names their checkpoint. */
export const clientOf: typeof real.clientOf = (client) => {
  const waiting: PartWrite[] = [];
  return {
    ...client,
    putRow: async (parameters: PartWrite) => {
      if (!isPart(parameters)) return client.putRow(parameters);
      waiting.push(parameters);
      return {};
    },
    updateRow: async (parameters) => {
      const answer = await client.updateRow(parameters);
      if (JSON.stringify(parameters).includes('"checkpoint"')) await storeParts(client, waiting);
      return answer;
    },
  };
};

async function storeParts(client: real.ClientMethods, waiting: PartWrite[]): Promise<void> {
  await Promise.all(waiting.splice(0).map((part) => client.putRow(part)));
}

function isPart({ primaryKey }: PartWrite): boolean {
  return primaryKey.some(({ item }) => String(item).startsWith('part/'));
}
