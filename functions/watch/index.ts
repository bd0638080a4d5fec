import { randomBytes } from 'node:crypto';
import { dingtalk } from '../../shared/channels/dingtalk.ts';
import { heartbeat } from '../../shared/channels/heartbeat.ts';
import { slack } from '../../shared/channels/slack.ts';
import { webhook } from '../../shared/channels/webhook.ts';
import {
  type Environment,
  parseWatchConfig,
  type WatchConfig,
} from '../../shared/config/environment.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import type { FunctionContext } from '../../shared/fc/context.ts';
import { findCredentials } from '../../shared/fc/credentials.ts';
import { createLog } from '../../shared/lib/log.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { type Redact, redactedJson, redactor } from '../../shared/lib/secrets.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import { tablestoreJournal } from '../../shared/tablestore/journal.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import type { Ports } from '../../shared/watch/ports.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watch } from '../../shared/watch/watch.ts';

export type Handler = (event: Buffer, context: FunctionContext) => Promise<WatchReport>;

/** Called by the timer. The report it returns is also its last log line. */
export const handler = createHandler(process.env, (line) => process.stdout.write(`${line}\n`));

/** The watch function over an environment; what it remembers from tick to tick lives with it. */
export function createHandler(
  environment: Environment,
  write: (line: string) => void,
  runtime: Runtime = SYSTEM_RUNTIME,
): Handler {
  const memory = newMemory();

  return async (_event, context) => {
    const startMs = runtime.now();
    const config = parseWatchConfig(environment);
    const credentials = await findCredentials(context);
    const redact = redactor([...config.secrets, ...Object.values(credentials)]);
    const log = createLog(write, redact, runtime.now);
    const tick = {
      tickId: randomBytes(8).toString('hex'),
      scopes: config.scopes,
      callsPerMinute: config.callsPerMinute,
      guard: config.guard,
      startMs,
      deadlineMs: startMs + timeForTickMs(context, config),
      memory,
    };
    const ports: Ports = {
      inventory: ecsInventory({
        credentials,
        runtime,
        redact,
        ...(config.ecsEndpoint !== undefined && { endpoint: config.ecsEndpoint }),
      }),
      journal: tablestoreJournal({
        ...config.tablestore,
        credentials,
        runtime,
        redact,
        deadlineMs: tick.deadlineMs,
      }),
      channels: channelsOf(config, runtime, redact),
      ...(config.heartbeatUrl !== undefined && {
        heartbeat: heartbeat(config.heartbeatUrl, config.allowPrivate),
      }),
      runtime,
    };
    const report = JSON.parse(redactedJson(await watch(ports, tick), redact)) as WatchReport;
    log[report.ok ? 'info' : 'error']('tick', { requestId: context.requestId, ...report });
    return report;
  };
}

/** The platform kills without a word at the timeout: a tick ends before it. */
const MARGIN_MS = 3_000;
const MAX_MARGIN_SHARE = 0.2;

function timeForTickMs(context: FunctionContext, { timeoutSeconds }: WatchConfig): number {
  const timeoutMs = (context.function?.timeout ?? timeoutSeconds) * 1000;
  return timeoutMs - Math.min(MARGIN_MS, timeoutMs * MAX_MARGIN_SHARE);
}

function channelsOf(config: WatchConfig, { now }: Runtime, redact: Redact): readonly Channel[] {
  const common = { allowPrivate: config.allowPrivate, now, redact };
  return [
    ...(config.dingtalk === undefined ? [] : [dingtalk({ ...config.dingtalk, ...common })]),
    ...(config.slack === undefined ? [] : [slack({ ...config.slack, ...common })]),
    ...(config.webhook === undefined ? [] : [webhook({ ...config.webhook, ...common })]),
  ];
}
