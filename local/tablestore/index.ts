import { setMaxListeners } from 'node:events';
import { type Clock, systemClock } from '../clock.ts';
import { faultPlan } from '../faults/plan.ts';
import { seededRandom } from '../random.ts';
import { type LocalServer, listen } from '../server.ts';
import type { AccessKey } from '../signature/access-key.ts';
import { openAccess, type TablestoreAccess } from './access.ts';
import { openEngine } from './engine/engine.ts';
import { type TablestoreFaults, tablestoreFaults } from './faults/fault.ts';
import { httpHandler } from './http.ts';
import { INSTANCE_NAME_PATTERN } from './limits.ts';
import { OPERATIONS } from './operations/index.ts';
import { openDiskStore } from './store/disk-store.ts';
import { openMemoryStore } from './store/memory-store.ts';
import type { TablestoreUsage } from './usage.ts';

export type { AccessKey } from '../signature/access-key.ts';
export type { TablestoreAccess } from './access.ts';
export type { TablestoreFault, TablestoreFaults } from './faults/fault.ts';
export { copyTables } from './store/copy-tables.ts';
export { FolderInUse, type FolderLock, lockFolder } from './store/folder-lock.ts';
export type { TablestoreUsage } from './usage.ts';

export interface TablestoreOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** `memory`, or the directory that keeps the tables; it is made if it does not exist. */
  readonly data: string;
  /** The instance that requests must name. */
  readonly instance: string;
  /** The keys that may sign requests. It is read at every request, so that its owner can replace keys. */
  readonly accessKeys: readonly AccessKey[];
  /** What an account decides about requests; default: `accessKeys` may do everything in `instance`. */
  readonly access?: TablestoreAccess;
  /** The time of cells and of their expiry. Requests and answers are dated by the machine, as the SDKs do it. */
  readonly clock?: Clock;
  /** Where the randomness of the faults begins, default 1. */
  readonly seed?: number;
}

export interface TablestoreServer extends LocalServer {
  /** Replaces the faults; `[]` ends them. @throws {RangeError} naming every bad field. */
  setFaults(faults: TablestoreFaults): void;
  /** The faults that may still hit a request. */
  readonly faults: TablestoreFaults;
  /** What the clients have used since the start, as of now. */
  readonly usage: TablestoreUsage;
  readonly tableNames: readonly string[];
}

/**
 * A Tablestore instance on the loopback address, for the official SDKs.
 *
 * @throws {RangeError} when no instance of the service could have this name.
 * @throws {Error} when the port is taken, or the directory is in use, damaged, or not a store.
 */
export async function startTablestore(options: TablestoreOptions): Promise<TablestoreServer> {
  const { port = 0, data, instance, accessKeys, clock = systemClock, seed = 1 } = options;
  const access = options.access ?? openAccess(instance, accessKeys);
  if (!INSTANCE_NAME_PATTERN.test(instance)) {
    throw new RangeError(`Invalid instance name: '${instance}'`);
  }
  const store = await (data === 'memory' ? openMemoryStore() : openDiskStore(data));
  try {
    const engine = await openEngine(store, clock);
    const random = seededRandom(seed);
    const faults = faultPlan(tablestoreFaults(Object.keys(OPERATIONS)), random);
    const closing = new AbortController();
    // Every request that is delayed listens to it, however many there are.
    setMaxListeners(0, closing.signal);
    const service = { engine, faults, random, access, closing: closing.signal };
    const { handle, settled } = tracked(httpHandler(service));
    const server = await listen(handle, port);
    const close = async (): Promise<void> => {
      closing.abort();
      await server.close();
      await settled();
      await engine.sweeper.settled();
      await store.close();
    };
    let closed: Promise<void> | undefined;
    return {
      ...server,
      setFaults: faults.set,
      get faults() {
        return faults.pending;
      },
      get usage() {
        return engine.usage.snapshot();
      },
      get tableNames() {
        return engine.tables.names();
      },
      close() {
        closed ??= close();
        return closed;
      },
    };
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

type Handler = ReturnType<typeof httpHandler>;

/** A handler, and a wait until all its requests are done: until then, they need the store. */
function tracked(handler: Handler): { handle: Handler; settled(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  return {
    handle(incoming, response) {
      const done = handler(incoming, response).finally(() => underWay.delete(done));
      underWay.add(done);
      return done;
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}
