import { grouped } from '../../../core/words/words.ts';

/** Names of the units, the largest first. */
export type DurationUnits = readonly [day: string, hour: string, minute: string, second: string];

/** In milliseconds. */
const SIZES = [86_400_000, 3_600_000, 60_000, 1_000] as const;

/** `59 s`, `2 h 5 min`: the largest unit, and the next one where it is a minute or more. */
export function durationIn(units: DurationUnits): (ms: number) => string {
  return (ms) => {
    const found = SIZES.findIndex((size) => ms >= size);
    const index = found === -1 ? SIZES.length - 1 : found;
    const size = SIZES[index] ?? 1;
    const count = `${grouped(Math.floor(Math.max(0, ms) / size))} ${units[index]}`;
    // Beside minutes, seconds would only flicker.
    const nextSize = SIZES.slice(0, -1)[index + 1];
    const rest = nextSize === undefined ? 0 : Math.floor((ms % size) / nextSize);
    return rest > 0 ? `${count} ${rest} ${units[index + 1]}` : count;
  };
}
