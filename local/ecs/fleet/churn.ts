import { MINUTE_MS } from '../../clock.ts';
import { seededRandom } from '../../random.ts';
import { allows, type Move, statusAt } from './lifecycle.ts';
import type { InstanceRecord } from './records.ts';

export interface ChurnOptions {
  /** Over all regions together, on average. */
  readonly changesPerMinute: number;
  readonly seed: number;
  readonly startMs: number;
  readonly regionIds: readonly string[];
  readonly list: (regionId: string) => readonly InstanceRecord[];
  readonly create: (regionId: string, atMs: number) => void;
  readonly move: (record: InstanceRecord, how: Move, atMs: number) => void;
  readonly remove: (record: InstanceRecord) => void;
}

/**
 * The changes that the fleet makes by itself. The returned function makes every change that is due
 * by a time, each at its own time, so the fleet at a time does not depend on earlier looks at it.
 */
export function churn(options: ChurnOptions): (nowMs: number) => void {
  const random = seededRandom(options.seed + 1);
  const meanGapMs = MINUTE_MS / options.changesPerMinute;
  // Independent changes at a steady rate: the gaps between them are exponential.
  const gapMs = (): number => -Math.log(1 - random.next()) * meanGapMs;
  let nextMs = options.startMs + gapMs();

  const change = (atMs: number): void => {
    const kind = random.pick(CHANGE_KINDS);
    const regionId = random.pick(options.regionIds);
    const start = random.next();
    if (kind === 'create') {
      options.create(regionId, atMs);
      return;
    }
    const list = options.list(regionId);
    const record = firstThatAllows(kind, list, Math.floor(start * list.length), atMs);
    if (record === undefined) return;
    if (kind === 'release') options.remove(record);
    else options.move(record, kind, atMs);
  };

  return (nowMs) => {
    while (nextMs <= nowMs) {
      change(nextMs);
      nextMs += gapMs();
    }
  };
}

/** Each kind of change is as frequent as its entries in this list. */
const CHANGE_KINDS = [
  'stop',
  'stop',
  'stop',
  'start',
  'start',
  'start',
  'reboot',
  'reboot',
  'create',
  'release',
] as const;

/** How many instances are tried for one in the right state, before the change is skipped. */
const MAX_LOOKS = 64;

function firstThatAllows(
  kind: Exclude<(typeof CHANGE_KINDS)[number], 'create'>,
  list: readonly InstanceRecord[],
  start: number,
  atMs: number,
): InstanceRecord | undefined {
  const looks = Math.min(MAX_LOOKS, list.length);
  for (let look = 0; look < looks; look += 1) {
    const record = list[(start + look) % list.length];
    if (record !== undefined && allows(kind, statusAt(record.steps, atMs))) return record;
  }
  return undefined;
}
