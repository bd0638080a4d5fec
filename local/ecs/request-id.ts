import { seededRandom } from '../random.ts';

/** Request ids as the service writes them, 746C3444-9A24-4D7D-B8A8-DCBF7AC8BD66, from a seed. */
export function requestIds(seed: number): () => string {
  const random = seededRandom(seed);
  const four = (): string => random.below(0x10000).toString(16).padStart(4, '0').toUpperCase();
  return () => `${four()}${four()}-${four()}-${four()}-${four()}-${four()}${four()}${four()}`;
}
