import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createHandler } from '../functions/watch/index.ts';
import { MAX_CONCURRENCY } from '../shared/pacer.ts';
import { PAGE_SIZE } from '../shared/ports.ts';

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

async function main(): Promise<void> {
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
  const tick = (watch: ReturnType<typeof newWatch>) => watch(Buffer.from('{}'), { credentials });
  await tick(newWatch());

  const boundMs = (Math.ceil(FLEET / PAGE_SIZE) * LATENCY_MS) / MAX_CONCURRENCY;
  const cold = await tick(newWatch());
  const watch = newWatch();
  await tick(watch);
  const warm = [];
  for (let round = 0; round < WARM_TICKS; round += 1) warm.push(await tick(watch));
  local.kill('SIGTERM');

  const ratio = (ms: number): string => (ms / boundMs).toFixed(2);
  const units = warm.at(-1)?.units;
  console.log(`${FLEET} unchanged instances, ${LATENCY_MS} ms a call, bound ${boundMs} ms`);
  console.log(
    `cold tick   ${cold.ms} ms, ${ratio(cold.ms)} × bound, units ${JSON.stringify(cold.units)}`,
  );
  const times = warm.map(({ ms }) => ms).sort((one, other) => one - other);
  const [least = 0, median = 0, most = 0] = [0, times.length >> 1, times.length - 1].map(
    (place) => times[place],
  );
  console.log(
    `warm tick   ${least} / ${median} / ${most} ms (least, median, most), ` +
      `${ratio(least)} / ${ratio(median)} / ${ratio(most)} × bound, units ${JSON.stringify(units)}`,
  );
}

void main().then(() => process.exit(0));
