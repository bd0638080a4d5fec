import { ecsInventory, type InventoryOptions } from '../../shared/ecs/inventory.ts';
import { type Inventory, InventoryError } from '../../shared/ports/inventory.ts';
import { NOW_MS } from './examples.ts';
import { failureOf } from './failure-of.ts';
import { virtualRuntime } from './virtual-runtime.ts';

export const KEY = { accessKeyId: 'LTAI-of-a-test-00', accessKeySecret: 'secret-of-a-test-00' };
export const ROLE_KEY = {
  accessKeyId: 'STS.of-a-test-00',
  accessKeySecret: 'secret-of-a-role-00',
  securityToken: 'token-of-a-role-00',
};
/** No test waits for it. */
export const DEADLINE_MS = NOW_MS + 30_000;

/** The product's inventory, with `KEY`, asking this endpoint. */
export function inventoryAt(endpoint: string, options: Partial<InventoryOptions> = {}): Inventory {
  return ecsInventory({
    credentials: KEY,
    endpoint,
    runtime: virtualRuntime(NOW_MS),
    redact: (text) => text,
    ...options,
  });
}

/** How a call fails. */
export function failure(call: Promise<unknown>): Promise<InventoryError> {
  return failureOf(call, InventoryError);
}
