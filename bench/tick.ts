import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createHandler } from '../functions/watch/index.ts';
import { MAX_CONCURRENCY } from '../shared/pacer.ts';
import { PAGE_SIZE } from '../shared/ports.ts';
import { type Section, table } from './section.ts';

/**
 * What a tick over an unchanged fleet takes, as a ratio to the bound that latency alone sets:
 * pages × latency ÷ concurrency. The local cloud runs in a process of its own.
 */
const FLEET = 10_000;
const LATENCY_MS = 20;
const WARM_TICKS = 7;

interface Local {
  readonly control: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function tick(): Promise<Section> {
  const local = spawn(
    process.execPath,
    ['--import', 'tsx', 'commands/local.ts', '--fleet', String(FLEET)],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [line] = (await once(createInterface(local.stdout), 'line')) as [string];
  const { control, env, accessKeyId, accessKeySecret } = JSON.parse(line) as Local;
  const latency = [{ kind: 'latency', ms: LATENCY_MS }];
  await fetch(`${control}/faults/ecs`, { method: 'PUT', body: JSON.stringify(latency) });

  const credentials = { accessKeyId, accessKeySecret };
  const environment = { ...env, ECS_CALLS_PER_MINUTE: '1000000' };
  const newWatch = () => createHandler(environment, () => undefined);
  const run = (watch: ReturnType<typeof newWatch>) => watch(Buffer.from('{}'), { credentials });
  await run(newWatch());

  const boundMs = (Math.ceil(FLEET / PAGE_SIZE) * LATENCY_MS) / MAX_CONCURRENCY;
  const cold = await run(newWatch());
  const watch = newWatch();
  await run(watch);
  const warm = [];
  for (let round = 0; round < WARM_TICKS; round += 1) warm.push(await run(watch));
  local.kill('SIGTERM');

  const ratio = (ms: number): string => (ms / boundMs).toFixed(2);
  const units = warm.at(-1)?.units;
  const times = warm.map(({ ms }) => ms).sort((one, other) => one - other);
  const [least = 0, median = 0, most = 0] = [0, times.length >> 1, times.length - 1].map(
    (place) => times[place],
  );
  return {
    title: 'A tick over an unchanged fleet',
    text: `${FLEET} instances, ${LATENCY_MS} ms a call, bound ${boundMs} ms.\n\n${table(
      ['tick', 'ms', '× bound', 'units read', 'units write'],
      [
        ['cold', cold.ms, ratio(cold.ms), cold.units.read, cold.units.write],
        ['warm, least', least, ratio(least), units?.read ?? 0, units?.write ?? 0],
        ['warm, median', median, ratio(median), units?.read ?? 0, units?.write ?? 0],
        ['warm, most', most, ratio(most), units?.read ?? 0, units?.write ?? 0],
      ],
    )}`,
    targets: [],
  };
}
