import { queryMemory } from '../../shared/view/query-memory.ts';
import { stateMemory } from '../../shared/view/state-memory.ts';
import { view } from '../../shared/view/view.ts';
import type { Json } from '../view/helpers.ts';
import { SCOPE } from './examples.ts';
import { journalOf } from './journal-of.ts';
import type { Product } from './product.ts';

/** What the view of a product answers to a program. */
export function viewOf(product: Product): (address: string) => Promise<Json> {
  const readings = new Map();
  const queries = queryMemory();
  const states = stateMemory();
  const { now } = product.clock;
  return async (address) => {
    const ports = { journal: journalOf(product), scopes: [SCOPE], readings, queries, states, now };
    const answer = await view(ports, {
      method: 'GET',
      path: address.split('/').filter(Boolean),
      query: new Map(),
      headers: new Map(),
      body: Buffer.alloc(0),
      access: 'granted',
    });
    return JSON.parse(Buffer.from(answer.body).toString());
  };
}
