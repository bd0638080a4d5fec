import { PRICES } from './prices.ts';

/** What a tick took. */
export interface TickCost {
  readonly calls: number;
  readonly seconds: number;
  /** Capacity units of Tablestore. */
  readonly read: number;
  readonly write: number;
}

/** The size of a function, as in s.yaml. */
export interface FunctionSize {
  readonly cpu: number;
  readonly memorySize: number;
  readonly diskSize: number;
}

/** A month of a function that is called every minute. Amounts are in CNY. */
export interface Month {
  readonly reads: number;
  readonly writes: number;
  readonly functionUnits: number;
  /** Each instance is released after its tick. */
  readonly released: number;
  /** Each instance is kept until the next tick, one minute at most, and waits in between. */
  readonly held: number;
  readonly readAmount: number;
}

const TICKS_AN_HOUR = 60;
export const HOURS_A_MONTH = 30 * 24;
const TICK_SECONDS = 60;
const MEGABYTES_A_GIGABYTE = 1024;

/** @param busyShare the share of the ticks in which instances change, from 0 to 1 */
export function monthOf(
  quiet: TickCost,
  busy: TickCost,
  busyShare: number,
  size: FunctionSize,
): Month {
  const inAnHour = (of: (tick: TickCost) => number): number =>
    TICKS_AN_HOUR * ((1 - busyShare) * of(quiet) + busyShare * of(busy));
  const memory = size.memorySize / MEGABYTES_A_GIGABYTE;
  const disk = size.diskSize / MEGABYTES_A_GIGABYTE;
  const held = memory * PRICES.unitsPerMemorySecond.value + disk * PRICES.unitsPerDiskSecond.value;
  const active = held + size.cpu * PRICES.unitsPerCoreSecond.value;
  const idle = held + size.cpu * PRICES.unitsPerIdleCoreSecond.value;
  const invocations = TICKS_AN_HOUR * PRICES.unitsPerInvocation.value;
  const seconds = inAnHour((tick) => tick.seconds);
  const hourly = invocations + seconds * active;
  const idleSeconds = inAnHour((tick) => Math.max(0, TICK_SECONDS - tick.seconds));
  const reads = HOURS_A_MONTH * inAnHour((tick) => tick.read);
  return {
    reads,
    writes: HOURS_A_MONTH * inAnHour((tick) => tick.write),
    functionUnits: HOURS_A_MONTH * Math.ceil(hourly),
    released: HOURS_A_MONTH * amountOfAnHour(hourly),
    held: HOURS_A_MONTH * amountOfAnHour(hourly + idleSeconds * idle),
    readAmount: (reads / 10_000) * PRICES.tenThousandReads.value,
  };
}

/** The units of an hour are rounded up, and an hour has a least amount. */
function amountOfAnHour(units: number): number {
  return Math.max(PRICES.leastOfAnHour.value, Math.ceil(units) * PRICES.functionUnit.value);
}
