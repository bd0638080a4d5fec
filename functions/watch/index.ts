import { randomBytes } from 'node:crypto';
import type { Environment } from '../../shared/config/environment.ts';
import { parseWatchConfig, type WatchConfig } from '../../shared/config/watch.ts';
import { embeddedFile, type WatchFile } from '../../shared/config/watch-file.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import type { FunctionContext } from '../../shared/fc/context.ts';
import { findCredentials } from '../../shared/fc/credentials.ts';
import { createLog } from '../../shared/lib/log.ts';
import { type Runtime, SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { type Redact, redactedJson, redactor } from '../../shared/lib/secrets.ts';
import { acceptOrder } from '../../shared/watch/core/shard-order.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watchShard } from '../../shared/watch/shard.ts';
import { watchTargets } from '../../shared/watch/watch-targets.ts';
import { openPorts, openShards } from './ports.ts';

export type WatchHandler = (event: Buffer, context: FunctionContext) => Promise<WatchReport>;
/** Of the function `scan`. It rejects with an OrderError where the event is none of the watch function. */
export type ScanHandler = (event: Buffer, context: FunctionContext) => Promise<string>;

const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

/** Called by the timer. The report that it returns is also its last log line. */
export const handler = watchHandler(process.env, writeLine);

/** Called by the watch function, with scopes that it hands over. */
export const scan = scanHandler(process.env, writeLine);

/** The watch function over an environment. Its memory lasts from tick to tick. */
export function watchHandler(
  environment: Environment,
  write: (line: string) => void,
  runtime: Runtime = SYSTEM_RUNTIME,
  file: WatchFile | undefined = embeddedFile(),
): WatchHandler {
  const openRun = runsOver(write, runtime);
  return async (_event, context) => {
    const startMs = runtime.now();
    const config = parseWatchConfig(environment, file);
    const { log, redact, credentials, portsUntil, tick } = await openRun(config, context);
    const deadlineMs = startMs + timeForTickMs(context, config);
    const shards = openShards(config, context, { credentials, runtime, redact });
    const ports = { ...portsUntil(deadlineMs), ...(shards && { shards }) };
    const { targets } = config;
    const watched = await watchTargets(ports, { ...tick, targets, startMs, deadlineMs });
    const report = JSON.parse(redactedJson(watched, redact)) as WatchReport;
    log[report.ok ? 'info' : 'error']('tick', { requestId: context.requestId, ...report });
    return report;
  };
}

/** The function `scan` over an environment. Its memory lasts from shard to shard. */
export function scanHandler(
  environment: Environment,
  write: (line: string) => void,
  runtime: Runtime = SYSTEM_RUNTIME,
  file: WatchFile | undefined = embeddedFile(),
): ScanHandler {
  const openRun = runsOver(write, runtime);
  return async (event, context) => {
    const startMs = runtime.now();
    const config = parseWatchConfig(environment, file);
    const order = acceptOrder(event.toString(), config.name, config.targets);
    const { log, redact, portsUntil, tick } = await openRun(config, context);
    const deadlineMs = startMs + Math.min(order.endInMs, timeForTickMs(context, config));
    const reportByMs = Math.min(deadlineMs, startMs + order.reportInMs);
    const { scopes, heads } = order;
    const watched = await watchShard(portsUntil(deadlineMs), {
      ...tick,
      scopes,
      heads,
      startMs,
      deadlineMs,
      reportByMs,
    });
    const report = redactedJson(watched, redact);
    const { tickId } = tick;
    log.info('shard', { requestId: context.requestId, tickId, ...(JSON.parse(report) as object) });
    return report;
  };
}

/** What the runs of one function instance have in common. */
function runsOver(write: (line: string) => void, runtime: Runtime) {
  const memory = newMemory();
  const sessions = newSessions();
  return async (config: WatchConfig, context: FunctionContext) => {
    const credentials = await findCredentials(context);
    const redactKnown = redactor([...config.secrets, ...Object.values(credentials)]);
    const redact: Redact = (text) => redactKnown(sessions.redact(text));
    return {
      log: createLog(write, redact, runtime.now),
      redact,
      credentials,
      portsUntil: (deadlineMs: number) =>
        openPorts(config, { credentials, sessions, runtime, redact, deadlineMs }),
      tick: {
        tickId: randomBytes(8).toString('hex'),
        callsPerMinute: config.callsPerMinute,
        guard: config.guard,
        healthLimits: config.healthLimits,
        ...(config.report && { report: config.report }),
        ...(config.remind && { remind: config.remind }),
        memory,
      },
    };
  };
}

/** The platform kills the process at the timeout, without a log line: a tick ends before it. */
const MARGIN_MS = 3_000;
const MAX_MARGIN_SHARE = 0.2;

function timeForTickMs(context: FunctionContext, { timeoutSeconds }: WatchConfig): number {
  const timeoutMs = (context.function?.timeout ?? timeoutSeconds) * 1000;
  return timeoutMs - Math.min(MARGIN_MS, timeoutMs * MAX_MARGIN_SHARE);
}
