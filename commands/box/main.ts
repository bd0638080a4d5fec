import { LOCAL_INSTANCE } from '../../local/index.ts';
import { isoTime } from '../../shared/core/time.ts';
import { CredentialsError } from '../../shared/fc/credentials.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { bundleFunctions, ROOT } from '../bundle.ts';
import { helpOf } from '../command-line.ts';
import { withProgress } from '../progress.ts';
import { untilStopped } from '../until-stopped.ts';
import { deployedVariables } from '../watch-file/deployed.ts';
import { type Box, type BoxOptions, startBox, type TickOutcome } from './box.ts';
import { type BoxTablestore, configureBox } from './configure.ts';
import { type KeyRing, openKeyRing } from './credentials.ts';
import { type BoxFlags, LINE, parseBoxFlags } from './flags.ts';
import { tickLine } from './tick-line.ts';

/** The granularity of the product: what happened within a minute is reported within a minute. */
const PERIOD_MS = 60_000;

/** How a box ticks, and where its functions come from. */
interface BoxParts {
  readonly periodMs: number;
  readonly build: BoxOptions['build'];
}

const PARTS: BoxParts = {
  periodMs: PERIOD_MS,
  async build(folder, { file }) {
    await withProgress(
      () => 'Building both functions',
      () => bundleFunctions(folder, undefined, file),
    );
    return folder;
  },
};

/** `npm start -- --real`: a real account, watched from this machine. */
export async function runBox(args: readonly string[], parts: BoxParts = PARTS): Promise<void> {
  const flags = parseBoxFlags(args, process.env, process.stdout.isTTY === true);
  if (flags === 'help') {
    console.log(helpOf(LINE));
    return;
  }
  const templates = deployedVariables(ROOT);
  const found = await openKeyRing().catch((error: unknown) => {
    if (error instanceof CredentialsError) return error.message;
    throw error;
  });
  const configure = (tablestore: BoxTablestore) =>
    configureBox(process.env, templates, tablestore, typeof found === 'string' ? found : undefined);
  // Everything that is wrong is reported before anything is written.
  configure({
    endpoint: `http://127.0.0.1:${flags.port === 0 ? 0 : flags.port + 1}`,
    instance: LOCAL_INSTANCE,
  });
  const box = await startBox({
    ...flags,
    ...parts,
    keys: found as KeyRing,
    configure,
    onTick: (outcome) => printTick(outcome, flags),
    onLog: ({ functionName, stream, text }) => {
      if (!flags.isForPeople && stream !== 'platform') process.stdout.write(`${text}\n`);
      else if (stream !== 'stdout' || process.env.LOG === '1') {
        console.error(`${functionName}: ${text}`);
      }
    },
  }).catch((error: unknown) => {
    const { code } = Object((error as Error).cause) as { readonly code?: unknown };
    if (code !== 'EADDRINUSE') throw error;
    throw new Error(`${reasonOf(error)}. Another program has this port: name one with --port`);
  });
  printStart(box, flags);
  await runUntilStopped(box, flags);
}

/** The first signal ends the box after the tick that runs, the second one at once. */
async function runUntilStopped(box: Box, { isForPeople }: BoxFlags): Promise<void> {
  const stopping = new AbortController();
  const running = box.run(stopping.signal);
  await untilStopped();
  stopping.abort();
  if (isForPeople) console.error('Ending after the tick that runs; Ctrl-C again ends it at once.');
  await Promise.race([running, untilStopped()]);
  await box.close();
}

function printStart({ view, tablestore, data, isViewOpen }: Box, { isForPeople }: BoxFlags): void {
  if (!isForPeople) {
    console.log(
      JSON.stringify({ pid: process.pid, view, tablestore, instance: LOCAL_INSTANCE, data }),
    );
    return;
  }
  const access = isViewOpen
    ? 'open to every user of this machine; VIEW_TOKEN closes it'
    : 'asks for a token: any name, and the token as password';
  console.log(`ecs-watch watches your account once a minute.

  Page        ${view}/
              ${access}
  Journal     ${data}
              other commands find it with TABLESTORE_ENDPOINT=${tablestore} TABLESTORE_INSTANCE=${LOCAL_INSTANCE}

Ctrl-C ends it after the tick that runs; nothing is lost until it is started again.
`);
}

function printTick(outcome: TickOutcome, { isForPeople }: BoxFlags): void {
  const atMs = Date.now();
  if ('failure' in outcome) {
    const { failure } = outcome;
    if (isForPeople) console.error(`${isoTime(atMs)}  FAILED: ${failure}`);
    else console.log(JSON.stringify({ at: isoTime(atMs), level: 'error', text: failure }));
    return;
  }
  // The function has printed its report itself, as a line of JSON.
  if (isForPeople) console.log(tickLine(outcome.report, atMs));
}
