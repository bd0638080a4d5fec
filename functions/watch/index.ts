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
import { newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watchTargets } from '../../shared/watch/watch-targets.ts';
import { openPorts } from './ports.ts';

export type WatchHandler = (event: Buffer, context: FunctionContext) => Promise<WatchReport>;

/** Called by the timer. The report that it returns is also its last log line. */
export const handler = watchHandler(process.env, (line) => process.stdout.write(`${line}\n`));

/** The watch function over an environment. Its memory lasts from tick to tick. */
export function watchHandler(
  environment: Environment,
  write: (line: string) => void,
  runtime: Runtime = SYSTEM_RUNTIME,
  file: WatchFile | undefined = embeddedFile(),
): WatchHandler {
  const memory = newMemory();
  const sessions = newSessions();

  return async (_event, context) => {
    const startMs = runtime.now();
    const config = parseWatchConfig(environment, file);
    const credentials = await findCredentials(context);
    const redactKnown = redactor([...config.secrets, ...Object.values(credentials)]);
    const redact: Redact = (text) => redactKnown(sessions.redact(text));
    const log = createLog(write, redact, runtime.now);
    const tick = {
      tickId: randomBytes(8).toString('hex'),
      targets: config.targets,
      callsPerMinute: config.callsPerMinute,
      guard: config.guard,
      healthLimits: config.healthLimits,
      ...(config.report && { report: config.report }),
      startMs,
      deadlineMs: startMs + timeForTickMs(context, config),
      memory,
    };
    const { deadlineMs } = tick;
    const ports = openPorts(config, { credentials, sessions, runtime, redact, deadlineMs });
    const report = JSON.parse(redactedJson(await watchTargets(ports, tick), redact)) as WatchReport;
    log[report.ok ? 'info' : 'error']('tick', { requestId: context.requestId, ...report });
    return report;
  };
}

/** The platform kills the process at the timeout, without a log line: a tick ends before it. */
const MARGIN_MS = 3_000;
const MAX_MARGIN_SHARE = 0.2;

function timeForTickMs(context: FunctionContext, { timeoutSeconds }: WatchConfig): number {
  const timeoutMs = (context.function?.timeout ?? timeoutSeconds) * 1000;
  return timeoutMs - Math.min(MARGIN_MS, timeoutMs * MAX_MARGIN_SHARE);
}
