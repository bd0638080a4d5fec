import { LOCAL_INSTANCE, LOCAL_KEYS, startLocalCloud } from '../local/index.ts';
import { parseFlags, UsageError } from './flags.ts';
import { untilStopped } from './until-stopped.ts';

const DEFAULTS = { port: 0, data: 'memory', fleetSize: 50, seed: 1, churnPerMinute: 0 };

/**
 * `npm run local`: the local cloud alone. Its first line on standard output is one JSON object
 * with all addresses; `env` in it is the environment of a watcher on this cloud.
 */
async function main(args: readonly string[]): Promise<void> {
  const cloud = await startLocalCloud(parseFlags(args, DEFAULTS));
  const { accessKeyId, accessKeySecret } = LOCAL_KEYS;
  const addresses = {
    ecs: cloud.ecs.url,
    tablestore: cloud.tablestore.url,
    instance: LOCAL_INSTANCE,
    accessKeyId,
    accessKeySecret,
    inbox: cloud.channels.url,
    control: cloud.control.url,
    env: {
      ...cloud.environment,
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    },
  };
  console.log(JSON.stringify(addresses));
  for (const [name, value] of Object.entries(addresses.env)) {
    console.error(`export ${name}='${value}'`);
  }
  await untilStopped();
  await cloud.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
});
