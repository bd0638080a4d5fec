import type { Change, Commit } from '../../shared/core/model.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ZONES = 'hijk';

/** A made-up commit of so many changes at once: of three instances, two stop and one starts. */
export function stormOf(count: number, scope: string, atMs: number): Commit {
  const changes = Array.from({ length: count }, (_, index) => changeAt(index, scope, atMs));
  return { scope, seq: 1, atMs, previousAtMs: atMs - MINUTE_MS, tickId: 'a storm', changes };
}

function changeAt(index: number, scope: string, atMs: number): Change {
  const [, region = 'cn-hangzhou'] = scope.split('/');
  const number = String(index + 1).padStart(3, '0');
  const [from, to] = index % 3 === 2 ? ['Stopped', 'Running'] : ['Running', 'Stopped'];
  return {
    instanceId: `i-made-up-${number}`,
    from,
    to,
    name: `made-up-${number}`,
    zoneId: `${region}-${ZONES[index % ZONES.length]}`,
    privateIps: [`10.0.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`],
    fromSinceMs: atMs - (index + 1) * HOUR_MS,
    fromSinceKnown: true,
  };
}
