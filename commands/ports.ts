import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/** The page; the other servers of the local cloud are on the ports after it. */
export const PAGE_PORT = 7800;
export const ECS_PORT = PAGE_PORT + 1;

/** Distance to the next block of ports, and how many blocks are tried. */
const STEP = 10;
const MAX_BLOCKS = 50;

/** Consecutive ports that are all free. */
export interface FreePorts {
  readonly first: number;
  /** The first port that another process has, where these are not the ones asked for. */
  readonly taken?: number;
}

/** `count` consecutive ports, from `port` on, a block at a time. */
export async function freePorts(port: number, count: number): Promise<FreePorts> {
  let taken: number | undefined;
  for (let block = 0; block < MAX_BLOCKS; block += 1) {
    const first = port + block * STEP;
    const ports = Array.from({ length: count }, (_, place) => first + place);
    const isFree = await Promise.all(ports.map(isFreePort));
    if (isFree.every(Boolean)) return { first, ...(taken !== undefined && { taken }) };
    taken ??= ports[isFree.indexOf(false)];
  }
  throw new Error(`No ${count} free ports from ${port} on: name one with --port`);
}

function isFreePort(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}
