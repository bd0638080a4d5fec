import { openPorts } from '../functions/watch/ports.ts';
import { parseWatchConfig } from '../shared/config/watch.ts';
import { newSessions } from '../shared/ecs/sessions.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { newMemory } from '../shared/watch/memory.ts';
import type { WatchReport } from '../shared/watch/report.ts';
import { watchTargets } from '../shared/watch/watch-targets.ts';
import { virtualClock } from './virtual-clock.ts';

/**
 * The watch function in virtual time: each request to ECS takes `LATENCY_MS`, a tick starts every
 * minute and has 57 seconds, as the deployed one has. It talks to real servers.
 */
const LATENCY_MS = 100;
const PERIOD_MS = 60_000;
const TIME_FOR_TICK_MS = 57_000;

const clock = virtualClock(Date.now());
const memory = newMemory();
const sessions = newSessions();
let ticks = 0;
let nextMs = clock.now();

export async function handler(): Promise<WatchReport> {
  await clock.sleep(nextMs - clock.now());
  const startMs = clock.now();
  nextMs = startMs + PERIOD_MS;
  ticks += 1;
  const { ALIBABA_CLOUD_ACCESS_KEY_ID = '', ALIBABA_CLOUD_ACCESS_KEY_SECRET = '' } = process.env;
  const credentials = {
    accessKeyId: ALIBABA_CLOUD_ACCESS_KEY_ID,
    accessKeySecret: ALIBABA_CLOUD_ACCESS_KEY_SECRET,
  };
  const config = parseWatchConfig(process.env);
  const { targets, callsPerMinute, guard, healthLimits } = config;
  const deadlineMs = startMs + TIME_FOR_TICK_MS;
  const redact = (text: string): string => text;
  // What an adapter waits for belongs to its call, which takes no virtual time.
  const runtime = { ...clock, sleep: SYSTEM_RUNTIME.sleep };
  const ports = openPorts(config, { credentials, sessions, runtime, redact, deadlineMs });
  return watchTargets(
    {
      ...ports,
      inventory: taking(LATENCY_MS, ports.inventory),
      journal: taking(0, ports.journal),
      runtime: clock,
    },
    {
      tickId: `tick-${ticks}`,
      targets,
      callsPerMinute,
      guard,
      healthLimits,
      startMs,
      deadlineMs,
      memory,
    },
  );
}

/** A port whose calls take `ms` of virtual time, and no more than that. */
function taking<T extends object>(ms: number, port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method = value as (...args: readonly unknown[]) => Promise<unknown>;
      return async (...args: readonly unknown[]) => {
        if (ms > 0) await clock.sleep(ms);
        return clock.during(() => method.apply(target, [...args]));
      };
    },
  });
}
