import { manualClock } from '../../local/clock.ts';
import { seededRandom } from '../../local/random.ts';
import { REAL_WORLD } from '../../shared/fc/world.ts';
import type { World } from '../../shared/ports.ts';

/** A world in which nobody waits: where somebody would sleep, time goes by at once. */
export interface VirtualWorld extends World {
  /** How long everybody has slept so far. */
  readonly sleptMs: number;
}

export function virtualWorld(startMs: number, seed = 1): VirtualWorld {
  const clock = manualClock(startMs);
  const random = seededRandom(seed);
  let sleptMs = 0;
  return {
    ...REAL_WORLD,
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
