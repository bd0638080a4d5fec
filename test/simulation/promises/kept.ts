import { gunzipSync } from 'node:zlib';
import { type Key, type Row, rowsOf } from '../tablestore.ts';
import type { StoredChange } from './stored.ts';
import type { Results, Truth } from './truth.ts';

/** The commits of a scope, as they were written. */
interface Journal {
  readonly commits: readonly { readonly changes: readonly StoredChange[] }[];
}

/** What is kept for moments of the past is whole when it is found, and is what was recorded. */
export function keptPromises(
  { tables, store }: Truth,
  journalOf: (scope: string) => Journal,
  { tally, violated }: Results,
) {
  return function onKept([key, seq]: Key, row: Row): void {
    const scope = key.slice('kept:'.length);
    const where = `kept checkpoint ${scope}/${seq}`;
    const { parts, writer } = JSON.parse(String(row.get('checkpoint')));
    const own = rowsOf(store, tables.journal, `kept-parts:${scope}/${seq}/${writer}`);
    if (own.size !== parts) violated(`${where} has ${own.size} of ${parts} parts`);
    const known = [...own.values()].flatMap((part) => {
      const { instances } = JSON.parse(gunzipSync(part.get('data') as Buffer).toString());
      return (instances as string[][]).map(([id, status]) => `${id} ${status}`);
    });
    const { commits } = journalOf(scope);
    if (Number(seq) > commits.length) violated(`${where} is ahead of the journal`);
    const recorded = stateOf(commits.slice(0, Number(seq)));
    if (known.sort().join() !== recorded.sort().join())
      violated(`${where} is not what was recorded`);
    tally.kept += 1;
  };
}

function stateOf(commits: Journal['commits']): string[] {
  const state = new Map<string, string>();
  for (const { instanceId, to } of commits.flatMap(({ changes }) => changes)) {
    if (to === null) state.delete(instanceId);
    else state.set(instanceId, to);
  }
  return [...state].map(([id, status]) => `${id} ${status}`);
}
