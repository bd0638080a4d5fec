import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHANNELS } from '../local/channels/index.ts';
import { systemClock } from '../local/clock.ts';
import { startConsole } from '../local/console/index.ts';
import {
  type LogLine,
  type Platform,
  startFunction,
  startHttpTrigger,
  startInvokeApi,
  startTimer,
} from '../local/fc/index.ts';
import { LOCAL_INSTANCE, LOCAL_KEYS, LOCAL_ROLE_KEYS, startLocalCloud } from '../local/index.ts';
import { ConfigError } from '../shared/config/environment.ts';
import { addressesOf } from './addresses.ts';
import { runBox } from './box/main.ts';
import { bundleFunctions } from './bundle.ts';
import { type CommandLine, helpOf, UsageError, usageError } from './command-line.ts';
import { checkData, flagHelp, parseFlags } from './flags.ts';
import { cloudOf, instancesOf, REGION, readPlay, timeZoneOf, watcherOn } from './play.ts';
import { freePorts, PAGE_PORT } from './ports.ts';
import { withProgress } from './progress.ts';
import { untilStopped } from './until-stopped.ts';
import { notWritable } from './writable.ts';

/** For a lively demonstration there is a change every ten seconds, and a tick as often. */
const DEFAULTS = { data: 'memory', fleetSize: 60, seed: 1, churnPerMinute: 6 };
/** The page, ECS, Tablestore, the inbox, the faults, STS and the console. */
const SERVERS = 7;
const TICK = '@every 10s';

/** As in s.yaml. */
const WATCH_TIMEOUT_SECONDS = 50;
const VIEW_TIMEOUT_SECONDS = 10;
const SHARDS = 10;

const LINE: CommandLine = {
  command: 'npm start',
  does:
    'Runs the whole product on a local cloud: its functions from the bundles that would be deployed,\n' +
    'ECS, Tablestore, receivers of messages and a Function Compute runtime, on loopback. It plays\n' +
    'the accounts of the file that WATCH_CONFIG names, and sends its channels to its own receivers.\n' +
    'Of other variables it takes WATCH_LANGUAGE, WATCH_TIME_ZONE, WATCH_REPORT, WATCH_REMIND, WATCH_PUSH,\n' +
    'SHARD_ABOVE_SCOPES, VIEW_TOKENS and VIEW_URL (its own page), all from the shell, none from .env.\n' +
    'LOG=1 shows what the functions log.',
  flags: [
    ['--real', 'a real account in place of the local cloud: see npm start -- --real --help'],
    ...flagHelp(
      DEFAULTS,
      `the page listens on N, the other servers on the ports after it; 0: any free ones (${PAGE_PORT})`,
    ),
  ],
  example: 'npm start -- --fleet 200 --churn 20',
};

/** `npm start`: the product on a real account, or the whole of it on the local cloud. */
async function main(args: readonly string[]): Promise<void> {
  return args.includes('--real') ? runBox(args) : runDemonstration(args);
}

/** The local cloud, and the functions from the bundles that would be deployed. */
async function runDemonstration(args: readonly string[]): Promise<void> {
  const flags = parseFlags(LINE, args, DEFAULTS, SERVERS);
  if (flags === 'help') {
    console.log(helpOf(LINE));
    return;
  }
  if (flags.only !== undefined) throw usageError(LINE, ['--only is for npm run local']);
  await checkData(flags);
  const play = readPlay(process.env, flags.fleetSize);
  // Not into `dist`: a deployment of this checkout may run, and would upload what is played here.
  const code = newFolder();
  await withProgress(
    () => 'Building the functions',
    () => bundleFunctions(code, undefined, play.file),
  );
  const free =
    flags.port === undefined ? await freePorts(PAGE_PORT, SERVERS) : { first: flags.port };
  const pagePort = free.first;
  const ecsPort = pagePort === 0 ? 0 : pagePort + 1;
  const { variables } = play.played;
  const { WATCH_PUSH = '', SHARD_ABOVE_SCOPES = '', VIEW_TOKENS = '' } = process.env;
  // Until here there is nothing to close, and a signal ends the command at once.
  const stopped = untilStopped();
  const cloud = await withProgress(
    () => 'Starting the local cloud',
    () => startLocalCloud({ ...flags, ...cloudOf(play), port: ecsPort }),
  );
  const platform: Platform = {
    credentials: LOCAL_ROLE_KEYS,
    region: REGION,
    clock: systemClock,
    onLog: printLog,
  };
  const { WATCH_REGIONS, ECS_ENDPOINT, TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE } =
    cloud.environment;
  const view = startFunction(
    {
      name: 'ecs-watch-view',
      codeDir: join(code, 'view'),
      handler: 'index.handler',
      timeoutSeconds: VIEW_TIMEOUT_SECONDS,
      environment: {
        WATCH_REGIONS: WATCH_REGIONS ?? REGION,
        // Its instances are on no page of the ECS console.
        ECS_ENDPOINT: ECS_ENDPOINT ?? '',
        TABLESTORE_ENDPOINT: TABLESTORE_ENDPOINT ?? '',
        TABLESTORE_INSTANCE: TABLESTORE_INSTANCE ?? '',
        VIEW_PUBLIC: 'true',
        VIEW_TOKENS, // all may read; notes are written with a token
        ...variables,
      },
    },
    platform,
  );
  const page = await startHttpTrigger({
    target: view,
    port: pagePort,
    methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
  });
  const { url: pageUrl } = page;
  // The watch function invokes the other one through the API, as in the cloud.
  const invokeApi = await startInvokeApi({
    find: (name) => (name === scan.name ? scan : undefined),
    accessKeys: [LOCAL_ROLE_KEYS],
  });
  const watcher = { VIEW_URL: pageUrl, WATCH_PUSH, SHARD_ABOVE_SCOPES, ...watcherOn(cloud, play) };
  const watching = {
    codeDir: join(code, 'watch'),
    timeoutSeconds: WATCH_TIMEOUT_SECONDS,
    environment: { ...watcher, FUNCTIONS_ENDPOINT: invokeApi.url },
    maxAsyncRetryAttempts: 0,
    maxAsyncEventAgeInSeconds: 60,
  };
  const watch = startFunction(
    { ...watching, name: 'ecs-watch-watch', handler: 'index.handler', reservedConcurrency: 1 },
    platform,
  );
  const scan = startFunction(
    { ...watching, name: 'ecs-watch-scan', handler: 'index.scan', reservedConcurrency: SHARDS },
    platform,
  );
  if (WATCH_PUSH === 'true') cloud.ecs.events.postTo((event) => scan.enqueue(event));
  // The first tick is now: the timer fires only after its first period.
  watch.enqueue(Buffer.from(JSON.stringify({ triggerName: 'start', payload: '' })));
  const timer = startTimer({
    target: watch,
    cron: TICK,
    triggerName: 'every-10-seconds',
    clock: systemClock,
  });
  const consoleServer = await startConsole({
    cloud,
    port: pagePort === 0 ? 0 : pagePort + SERVERS - 1,
    page: `${pageUrl}/`,
    nextTickMs: () => timer.nextMs,
    ...timeZoneOf(play),
  });
  const portNote =
    free.taken === undefined ? '' : ` Port ${free.taken} is taken: it listens from ${pagePort} on.`;
  // This line is for scripts, as in `npm run local`. The text after it is for people.
  const addresses = addressesOf(cloud, { ...watcher, ...play.config });
  console.log(JSON.stringify({ page: pageUrl, console: consoleServer.url, ...addresses }));
  console.log(`
ecs-watch is running on a local cloud with ${instancesOf(play, flags.fleetSize)}.${portNote}

  Console     ${consoleServer.url}/
              open it in a browser, stop an instance with a click, and watch the message arrive

  Page        ${pageUrl}/
              what ecs-watch knows: instances, changes, health
  Metrics     ${pageUrl}/metrics
              for Prometheus, which finds the instances at ${pageUrl}/sd
  Inbox       ${cloud.channels.url}/
              each message as its service shows it
  ECS         ${cloud.ecs.url}
              for the official clients, with ${LOCAL_KEYS.accessKeyId} and ${LOCAL_KEYS.accessKeySecret}
  Tablestore  ${cloud.tablestore.url}
              instance ${LOCAL_INSTANCE}, the same keys
  Faults      ${cloud.control.url}
              PUT /faults/ecs, tablestore, ${CHANNELS.join(', ')}

A tick every ten seconds, ${flags.churnPerMinute} changes a minute. Ctrl-C ends it.`);
  await stopped;
  timer.close();
  const servers = [invokeApi, page, consoleServer];
  await Promise.all([watch, scan, view, ...servers].map((each) => each.close()));
  await cloud.close();
}

/** A folder of this process, which is gone when it ends. */
function newFolder(): string {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-start-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch (cause) {
    throw notWritable(tmpdir(), 'TMPDIR may name another folder.', cause);
  }
}

/** Prints failures always, and everything else with LOG=1. */
function printLog({ functionName, stream, text }: LogLine): void {
  const isTrouble = stream !== 'stdout' || text.includes('"level":"error"');
  if (isTrouble || process.env.LOG === '1') console.error(`${functionName}: ${text}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError || error instanceof ConfigError ? 2 : 1);
});
