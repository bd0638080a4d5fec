import { fnv1a } from './fnv.ts';
import { isoTime } from './time.ts';

/**
 * A scan that goes on over several ticks, as it is kept with the scope's health between them. Only
 * the whole round says which instances were not shown.
 */
export interface Round {
  /** When its first page was asked for. */
  readonly startMs: number;
  /** The last attempt of the tick that saved it. After any other attempt it is not continued. */
  readonly lastPartAtMs: number;
  /** Ticks that have read a part of it. */
  readonly parts: number;
  /** The first page that no tick has read. */
  readonly nextPage: number;
  readonly pages: number;
  /** The newest TotalCount, and whether every page of the round gave the same. */
  readonly totalCount: number;
  readonly isSteady: boolean;
  readonly seen: SeenIds;
  readonly seenCount: number;
}

/** Which of a snapshot's instances a round has seen, in a bit for each. */
export interface SeenIds {
  /** Bit n is set when the nth id, in ascending order, was seen; base64. */
  readonly bits: string;
  /** Of the ids that the bits stand for: bits of any other fleet say nothing. */
  readonly digest: string;
}

/** How far a scan over several ticks has come, for people and programs. */
export interface RoundProgress {
  readonly since: string;
  /** Instances that it has seen, of about how many. */
  readonly seen: number;
  readonly of: number;
}

/** Its first page is the oldest: what it showed is as old as `since`. */
export function roundProgress({
  startMs,
  seenCount,
  totalCount,
}: Pick<Round, 'startMs' | 'seenCount' | 'totalCount'>): RoundProgress {
  return { since: isoTime(startMs), seen: seenCount, of: Math.max(seenCount, totalCount) };
}

type Ids = ReadonlyMap<string, unknown>;

/** Packs the seen ids. Ids that are not in `instances` are left out. */
export function packSeen(seen: ReadonlySet<string>, instances: Ids): SeenIds {
  const ids = sortedIds(instances);
  const bits = new Uint8Array(Math.ceil(ids.length / 8));
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return { bits: Buffer.from(bits).toString('base64'), digest: digestOf(ids) };
}

/** The seen ids of these very instances; null where the bits are those of others. */
export function unpackSeen({ bits, digest }: SeenIds, instances: Ids): Set<string> | null {
  const ids = sortedIds(instances);
  if (digestOf(ids) !== digest) return null;
  const bytes = Buffer.from(bits, 'base64');
  if (bytes.length !== Math.ceil(ids.length / 8)) return null;
  return new Set(ids.filter((_, index) => ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0));
}

function sortedIds(instances: Ids): readonly string[] {
  return [...instances.keys()].sort();
}

/** Between two ids; none holds it. */
const SEPARATOR = '\u00ff';

/** A hash of the ids, and their number. Two fleets hardly share it. */
function digestOf(ids: readonly string[]): string {
  let hash = fnv1a('');
  for (const id of ids) hash = fnv1a(SEPARATOR, fnv1a(id, hash));
  return `${ids.length}-${hash.toString(16)}`;
}
