import { type ManualClock, manualClock } from '../../local/clock.ts';
import { seededRandom } from '../../local/random.ts';
import { type Runtime, SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';

/**
 * The runtime of all tests but the simulation: no test waits, since the clock goes forward at once
 * wherever the product sleeps. Only the timers are real. They limit calls to servers of the local
 * cloud, which answer in real time. Where several sleeps must interleave, there is `eventTime`.
 */
export interface VirtualRuntime extends Runtime {
  /** The clock of this runtime. A local cloud can share it, and a test can move it. */
  readonly clock: ManualClock;
  /** All sleeps so far, added up. */
  readonly sleptMs: number;
}

export function virtualRuntime(startMs: number, seed = 1): VirtualRuntime {
  const clock = manualClock(startMs);
  let sleptMs = 0;
  return {
    ...SYSTEM_RUNTIME,
    clock,
    now: clock.now,
    async sleep(ms) {
      sleptMs += ms;
      clock.advance(ms);
    },
    random: seededRandom(seed).next,
    get sleptMs() {
      return sleptMs;
    },
  };
}
