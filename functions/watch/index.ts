import { randomBytes } from 'node:crypto';
import type { Environment } from '../../shared/config/environment.ts';
import { parseWatchConfig, type WatchConfig } from '../../shared/config/watch.ts';
import { embeddedFile, type WatchFile } from '../../shared/config/watch-file.ts';
import { parseJson } from '../../shared/core/json.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import type { FunctionContext } from '../../shared/fc/context.ts';
import { findCredentials } from '../../shared/fc/credentials.ts';
import { createLog } from '../../shared/lib/log.ts';
import { type Runtime, SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { type Redact, redactedJson, redactor } from '../../shared/lib/secrets.ts';
import {
  accountNumbers,
  bringsEvents,
  EventError,
  type PushPlan,
  planPush,
  readEvents,
} from '../../shared/watch/core/push-events.ts';
import { pollingCallsPerMinute, pushCallsPerMinute } from '../../shared/watch/core/push-share.ts';
import { acceptOrder } from '../../shared/watch/core/shard-order.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { push } from '../../shared/watch/push.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watchShard } from '../../shared/watch/shard.ts';
import { watchTargets } from '../../shared/watch/watch-targets.ts';
import { openPorts, openShards } from './ports.ts';

export type WatchHandler = (event: Buffer, context: FunctionContext) => Promise<WatchReport>;
/**
 * Of the function `scan`. It rejects with an OrderError where the event is none of the watch function,
 * and with an EventError where it is one of ECS, but not of what is watched.
 */
export type ScanHandler = (event: Buffer, context: FunctionContext) => Promise<string>;

const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

/** Called by the timer. The report that it returns is also its last log line. */
export const handler = watchHandler(process.env, writeLine);

/** Called by the watch function, with scopes that it hands over, and with events of ECS. */
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
    const brought = parseJson(event.toString());
    if (bringsEvents(brought)) {
      const plan = acceptEvents(brought, config, context, startMs);
      const { log, redact, tick, portsUntil } = await openRun(config, context);
      const { tickId, memory } = tick;
      const deadlineMs = startMs + Math.min(MAX_PUSH_MS, timeForTickMs(context, config));
      const callsPerMinute = pushCallsPerMinute(config.callsPerMinute);
      const { asked, ...unasked } = plan;
      const run = { tickId, memory, asked, callsPerMinute, startMs, deadlineMs };
      const pushed = await push(portsUntil(deadlineMs), run);
      const report = redactedJson({ ...pushed, ...inShort(unasked) }, redact);
      log[unasked.refused.length === 0 ? 'info' : 'error']('push', {
        requestId: context.requestId,
        ...(JSON.parse(report) as object),
      });
      return report;
    }
    const order = acceptOrder(event.toString(), config.name, config.targets);
    const { log, redact, portsUntil, tick } = await openRun(config, context);
    const deadlineMs = startMs + Math.min(order.endInMs, timeForTickMs(context, config));
    const reportByMs = Math.min(deadlineMs, startMs + order.reportInMs);
    const { scopes, heads, runId } = order;
    const watched = await watchShard(portsUntil(deadlineMs), {
      ...tick,
      scopes,
      heads,
      ...(runId !== undefined && { runId }),
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
        callsPerMinute: config.takesEvents
          ? pollingCallsPerMinute(config.callsPerMinute)
          : config.callsPerMinute,
        takesEvents: config.takesEvents,
        guard: config.guard,
        healthLimits: config.healthLimits,
        ...(config.report && { report: config.report }),
        ...(config.remind && { remind: config.remind }),
        memory,
      },
    };
  };
}

/** What events may take of the time of an instance, which shards need as well. The next tick delivers the rest. */
const MAX_PUSH_MS = 10_000;

/**
 * Which instances events name.
 * @throws {EventError} where none of them is of what is watched, and one is refused
 */
function acceptEvents(
  brought: unknown,
  { takesEvents, targets, roles }: WatchConfig,
  { accountId }: FunctionContext,
  nowMs: number,
): PushPlan {
  if (!takesEvents) {
    throw new EventError('events of ECS are switched off here: WATCH_PUSH=true takes them');
  }
  if (accountId === undefined) {
    throw new EventError(
      'the context of the function does not name its account, by which events are accepted: only ' +
        'Function Compute can pass events on (docs/push.md)',
    );
  }
  const accounts = accountNumbers(targets, roles, accountId);
  const plan = planPush(readEvents(brought), { targets, accounts, nowMs });
  const [first] = plan.refused;
  if (plan.asked.length === 0 && first !== undefined) {
    const others = plan.refused.length - 1;
    throw new EventError(others === 0 ? first : `${first}; and ${others} more were refused`);
  }
  return plan;
}

const MAX_WORDS = 20;

/** A storm of events that change nothing is no storm of words. */
function inShort(lists: Readonly<Record<'ignored' | 'refused', readonly string[]>>) {
  const short = (all: readonly string[]) =>
    all.length <= MAX_WORDS
      ? all
      : [...all.slice(0, MAX_WORDS), `and ${all.length - MAX_WORDS} more`];
  return { ignored: short(lists.ignored), refused: short(lists.refused) };
}

/** The platform kills the process at the timeout, without a log line: a tick ends before it. */
const MARGIN_MS = 3_000;
const MAX_MARGIN_SHARE = 0.2;

function timeForTickMs(context: FunctionContext, { timeoutSeconds }: WatchConfig): number {
  const timeoutMs = (context.function?.timeout ?? timeoutSeconds) * 1000;
  return timeoutMs - Math.min(MARGIN_MS, timeoutMs * MAX_MARGIN_SHARE);
}
