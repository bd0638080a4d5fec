import type { Scope } from '../core/model.ts';
import { isoTime } from '../core/time.ts';
import type { JournalReader } from '../ports/journal.ts';
import { positionAfter } from './core/feed.ts';
import { cursorProblem, decodeFeedCursor, encodeFeedCursor } from './core/feed-cursor.ts';
import type { Problems } from './core/parameters.ts';
import type { ViewRequest } from './core/request.ts';
import {
  farFromEnd,
  isShortCursor,
  type Places,
  positionsIn,
  shortCursorIn,
  shortCursorOf,
  withLateCommits,
} from './core/short-cursor.ts';
import { readEnds, seek } from './feed.ts';
import type { ViewPorts } from './ports.ts';

type CursorPorts = Pick<ViewPorts, 'journal' | 'now'>;

/**
 * A cursor in a form that fits into an address, if there is one: over hundreds of scopes it is
 * completed from the journals when it comes back. `aroundMs`: the time that the answer has come to.
 */
export async function shortened(
  { journal, now }: CursorPorts,
  scopes: readonly Scope[],
  kind: number,
  token: string,
  aroundMs: number,
): Promise<string> {
  if (cursorProblem(token, scopes.length) === undefined) return token;
  const madeAtMs = now();
  const keys = scopes.map(({ key }) => key);
  const cursor = decodeFeedCursor(kind, token, keys);
  if (cursor === undefined) return token;
  const ends = await readPlaces(journal, scopes);
  const far = new Set(farFromEnd(cursor.positions, keys, ends));
  const places = await placesAt(
    journal,
    scopes.filter(({ key }) => far.has(key)),
    ends,
    aroundMs,
  );
  return shortCursorOf(kind, cursor, keys, { places, madeAtMs, aroundMs });
}

/**
 * The request with whole cursors in place of short ones. `scopesOf`: the scopes that it is about
 * without its cursors; what is wrong with it otherwise is found when it is parsed.
 */
export async function withWholeCursors<R extends Pick<ViewRequest, 'query'>>(
  ports: CursorPorts,
  request: R,
  { kind, names }: { readonly kind: number; readonly names: readonly string[] },
  scopesOf: (request: R) => readonly Scope[],
): Promise<R | Problems> {
  const short = names.filter((name) => isShortCursor(request.query.get(name) ?? ''));
  if (short.length === 0) return request;
  const others = [...request.query].filter(([name]) => !names.includes(name));
  const scopes = scopesOf({ ...request, query: new Map(others) });
  const query = new Map(request.query);
  for (const name of short) {
    const whole = await lengthened(ports, scopes, kind, query.get(name) ?? '');
    if (typeof whole !== 'string') return whole;
    query.set(name, whole);
  }
  return { ...request, query };
}

/** The whole cursor that a short one stands for; any other text as it is. */
async function lengthened(
  { journal }: CursorPorts,
  scopes: readonly Scope[],
  kind: number,
  token: string,
): Promise<string | Problems> {
  const keys = scopes.map(({ key }) => key);
  const short = shortCursorIn(kind, token, keys);
  if (short === undefined) return token;
  const { entries, others, madeAtMs, aroundMs } = short;
  const ends = await readPlaces(journal, scopes);
  const far = new Set(entries.filter(({ near }) => near === 'time').map(({ scope }) => scope));
  const around = await placesAt(
    journal,
    scopes.filter(({ key }) => far.has(key)),
    ends,
    aroundMs,
  );
  const positions =
    positionsIn(short, ends, around) ??
    // Much has been committed since. Where the journals ended then costs some reads of each.
    positionsIn(
      short,
      withLateCommits(await placesAt(journal, scopes, ends, madeAtMs + 1)),
      around,
    );
  if (positions !== undefined) return encodeFeedCursor(kind, { positions, others });
  const words =
    'other scopes are watched since the cursor was given, or their commits are not kept';
  return { problems: [`${words}: begin again (it was given at ${isoTime(madeAtMs)})`] };
}

async function readPlaces(journal: JournalReader, scopes: readonly Scope[]): Promise<Places> {
  const ends = await readEnds(journal, scopes);
  return new Map([...ends].map(([scope, { seq }]) => [scope, seq]));
}

/** The first commit of each scope that was made at a time or later. */
async function placesAt(
  journal: JournalReader,
  scopes: readonly Scope[],
  ends: Places,
  timeMs: number,
): Promise<Places> {
  const found = await Promise.all(
    scopes.map(async (scope) => {
      const end = positionAfter((ends.get(scope.key) ?? 1) - 1);
      return [scope.key, (await seek(journal, scope, timeMs, end)).seq] as const;
    }),
  );
  return new Map(found);
}
