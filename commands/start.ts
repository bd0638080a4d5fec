import { join } from 'node:path';
import { systemClock } from '../local/clock.ts';
import {
  type LogLine,
  type Platform,
  startFunction,
  startHttpTrigger,
  startTimer,
} from '../local/fc/index.ts';
import { LOCAL_INSTANCE, LOCAL_KEYS, LOCAL_ROLE_KEYS, startLocalCloud } from '../local/index.ts';
import { addressesOf } from './addresses.ts';
import { bundleFunctions, ROOT } from './bundle.ts';
import { parseFlags, UsageError } from './flags.ts';
import { untilStopped } from './until-stopped.ts';

const REGION = 'cn-hangzhou';
/** For a lively demonstration there is a change every ten seconds, and a tick as often. */
const DEFAULTS = { port: 0, data: 'memory', fleetSize: 60, seed: 1, churnPerMinute: 6 };
const TICK = '@every 10s';

/** As in s.yaml. */
const WATCH_TIMEOUT_SECONDS = 50;
const VIEW_TIMEOUT_SECONDS = 10;

/** `npm start`: the whole product on the local cloud, from the bundles that would be deployed. */
async function main(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, DEFAULTS);
  if (flags.only !== undefined) throw new UsageError('--only is for npm run local');
  await bundleFunctions();
  const cloud = await startLocalCloud({ ...flags, regions: [REGION] });
  const platform: Platform = {
    credentials: LOCAL_ROLE_KEYS,
    region: REGION,
    clock: systemClock,
    onLog: printLog,
  };
  const watch = startFunction(
    {
      name: 'ecs-watch-watch',
      codeDir: join(ROOT, 'dist', 'watch'),
      handler: 'index.handler',
      timeoutSeconds: WATCH_TIMEOUT_SECONDS,
      environment: cloud.environment,
      reservedConcurrency: 1,
      maxAsyncRetryAttempts: 0,
      maxAsyncEventAgeInSeconds: 60,
    },
    platform,
  );
  const { WATCH_REGIONS, TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE } = cloud.environment;
  const view = startFunction(
    {
      name: 'ecs-watch-view',
      codeDir: join(ROOT, 'dist', 'view'),
      handler: 'index.handler',
      timeoutSeconds: VIEW_TIMEOUT_SECONDS,
      environment: {
        WATCH_REGIONS: WATCH_REGIONS ?? REGION,
        TABLESTORE_ENDPOINT: TABLESTORE_ENDPOINT ?? '',
        TABLESTORE_INSTANCE: TABLESTORE_INSTANCE ?? '',
        VIEW_PUBLIC: 'true',
      },
    },
    platform,
  );
  // The first tick is now: the timer fires only after its first period.
  watch.enqueue(Buffer.from(JSON.stringify({ triggerName: 'start', payload: '' })));
  const timer = startTimer({
    target: watch,
    cron: TICK,
    triggerName: 'every-10-seconds',
    clock: systemClock,
  });
  const page = await startHttpTrigger({
    target: view,
    port: flags.port === 0 ? 0 : flags.port + PLACE_OF_PAGE,
    methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
  });
  const { url: pageUrl } = page;
  // This line is for scripts, as in `npm run local`. The text after it is for people.
  console.log(JSON.stringify({ page: pageUrl, ...addressesOf(cloud) }));
  console.log(`
ecs-watch is running on a local cloud with ${flags.fleetSize} instances.

  Page        ${pageUrl}/
  Inbox       ${cloud.channels.url}/
              what DingTalk, Slack and the webhook received
  ECS         ${cloud.ecs.url}
              for the official clients, with ${LOCAL_KEYS.accessKeyId} and ${LOCAL_KEYS.accessKeySecret}
  Tablestore  ${cloud.tablestore.url}
              instance ${LOCAL_INSTANCE}, the same keys
  Faults      ${cloud.control.url}
              PUT /faults/ecs, tablestore, dingtalk, slack or webhook

A tick every ten seconds, ${flags.churnPerMinute} changes a minute. Ctrl-C ends it.`);
  await untilStopped();
  timer.close();
  await Promise.all([watch.close(), view.close(), page.close()]);
  await cloud.close();
}

/** The page's port comes after the four ports of the local cloud. */
const PLACE_OF_PAGE = 4;

/** Prints failures always, and everything else with LOG=1. */
function printLog({ functionName, stream, text }: LogLine): void {
  const isTrouble = stream !== 'stdout' || text.includes('"level":"error"');
  if (isTrouble || process.env.LOG === '1') console.error(`${functionName}: ${text}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
});
