import { manualClock } from '../../local/clock.ts';
import { seededRandom } from '../../local/random.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';

/** A runtime in which nobody waits: where somebody would sleep, time goes by at once. */
export interface VirtualWorld extends Runtime {
  /** How long everybody has slept so far. */
  readonly sleptMs: number;
}

export function virtualRuntime(startMs: number, seed = 1): VirtualWorld {
  const clock = manualClock(startMs);
  const random = seededRandom(seed);
  let sleptMs = 0;
  return {
    ...SYSTEM_RUNTIME,
    now: clock.now,
    async sleep(ms) {
      sleptMs += ms;
      clock.advance(ms);
    },
    random: random.next,
    get sleptMs() {
      return sleptMs;
    },
  };
}
