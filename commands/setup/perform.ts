import type { Account } from './account.ts';
import type { Performing } from './carry-out.ts';
import type { World } from './world.ts';

/** Makes each call at the service that it is for. */
export function performer({ clients, tables }: Account, { runtime }: World): Performing {
  return {
    perform: (call) => (call.service === 'tables' ? tables : clients).perform(call),
    runtime,
  };
}
