import { LOCAL_INSTANCE, LOCAL_KEYS, startLocalCloud } from '../local/index.ts';
import { startTablestore } from '../local/tablestore/index.ts';
import { addressesOf } from './addresses.ts';
import { type Flags, parseFlags, UsageError } from './flags.ts';
import { untilStopped } from './until-stopped.ts';

const DEFAULTS = { port: 0, data: 'memory', fleetSize: 50, seed: 1, churnPerMinute: 0 };

/**
 * `npm run local`: the local cloud alone. Its first line on standard output is one JSON object
 * with all addresses. Its `env` is the environment of a watcher on this cloud.
 */
async function main(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, DEFAULTS);
  const close =
    flags.only === 'tablestore' ? await tablestoreAlone(flags) : await wholeCloud(flags);
  await untilStopped();
  await close();
}

async function wholeCloud(flags: Flags): Promise<() => Promise<void>> {
  const cloud = await startLocalCloud(flags);
  const addresses = addressesOf(cloud);
  console.log(JSON.stringify(addresses));
  for (const [name, value] of Object.entries(addresses.env)) {
    console.error(`export ${name}='${value}'`);
  }
  return () => cloud.close();
}

async function tablestoreAlone({ port, data, seed }: Flags): Promise<() => Promise<void>> {
  const accessKeys = [LOCAL_KEYS];
  const server = await startTablestore({ port, data, seed, instance: LOCAL_INSTANCE, accessKeys });
  const addresses = { tablestore: server.url, instance: LOCAL_INSTANCE, ...LOCAL_KEYS };
  console.log(JSON.stringify(addresses));
  return () => server.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
});
