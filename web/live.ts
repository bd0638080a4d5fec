import { noticeSeverity } from '../shared/core/notice-text.ts';
import type { ChangeJson } from '../shared/view/core/feed-json.ts';
import type { Freshness } from '../shared/view/core/freshness.ts';
import type { InstanceRow } from '../shared/view/core/instance-row.ts';
import type { Lost } from '../shared/view/core/verdict.ts';
import { type Client, ViewError } from './client.ts';
import {
  type ChangesAnswer,
  type HealthAnswer,
  type HealthFailure,
  type InstancesAnswer,
  type NoticeJson,
  rowOf,
  type ScopeJson,
} from './core/answers.ts';
import { SILENT_MS, WAKE_MS } from './core/contact.ts';
import { type Fleet, fleetOf, withReread } from './core/fleet.ts';
import { rereadAfter } from './core/follow.ts';
import { noticeOf } from './core/notice.ts';
import { pollDelayMs } from './core/polling.ts';
import { keptChanges } from './core/strips.ts';

/** What is known of the view at this moment. */
export interface Live {
  readonly fleet: Fleet;
  /** Of the whole fleet, also while a part of it is still being read. */
  readonly total: number;
  readonly isWhole: boolean;
  /** By status, as the view counted the whole fleet when it was read. */
  readonly counts: Readonly<Record<string, number>>;
  /** Null: nothing was read yet. */
  readonly freshness: Freshness | null;
  readonly scopes: readonly ScopeJson[];
  /** The newest first. */
  readonly changes: readonly ChangeJson[];
  readonly notices: readonly NoticeJson[];
  /** Since when `changes` are all that there are. */
  readonly changesSinceMs: number;
  readonly health: HealthAnswer | null;
  /**
   * Null: the view answers. One failed poll is repeated before anything is said of it. Its time is by
   * the clock of this machine.
   */
  readonly lost: Lost | null;
  /** By the same clock. */
  readonly answeredAtMs: number;
  /** When an answer is overdue, by the same clock. */
  readonly answerDueMs: number;
  /** The view's clock, less that of this machine. */
  readonly clockAheadMs: number;
}

export const NOTHING_YET: Live = {
  fleet: new Map(),
  total: 0,
  isWhole: false,
  counts: {},
  freshness: null,
  scopes: [],
  changes: [],
  notices: [],
  changesSinceMs: 0,
  health: null,
  lost: null,
  answeredAtMs: 0,
  answerDueMs: Number.POSITIVE_INFINITY,
  clockAheadMs: 0,
};

/** The world as the page sees it. */
export interface World {
  now(): number;
  random(): number;
  isVisible(): boolean;
  /** Calls back once, unless it is cancelled. */
  setTimer(ms: number, callback: () => void): () => void;
}

export interface Follower {
  /** Polls at once. */
  wake(): void;
  stop(): void;
}

/** Rows of the first answer, which a reader waits for, and of each further one. */
const FIRST_ROWS = 200;
const ROWS_AT_ONCE = 1_000;
const CHANGES_AT_ONCE = 1_000;
/** Of a fleet that changes more than that in a day, the page shows the newest changes. */
const MAX_CHANGE_PAGES = 5;
const MAX_CHANGES = MAX_CHANGE_PAGES * CHANGES_AT_ONCE;
const STRIP_MS = 24 * 60 * 60 * 1000;
const IDS_PER_QUERY = 100;
const HEALTH_AGE_MS = 30_000;
/** Failures in a row from which on the page says so. */
const LOST_AFTER = 2;

/** How the view refuses a moment: it is no time of the past, or the commits since then are not kept. */
const MOMENT_REFUSED: ReadonlySet<number> = new Set([400, 410]);

/** A lost packet is found out soon; a slow view has longer with the second try. */
const FIRST_TIMEOUT_MS = 10_000;

/** Reads the view and goes on reading what changes. `atMs`: reads that moment, and then stops. */
export function followView(
  patient: Client,
  world: World,
  atMs: number | null,
  publish: (live: Live) => void,
): Follower {
  let live = NOTHING_YET;
  let isStopped = false;
  let wake = (): void => undefined;
  /** Where `/changes` goes on; empty: everything has to be read. */
  let cursor = '';
  let etag = '';
  let healthAtMs = Number.NEGATIVE_INFINITY;

  let failures = 0;
  /** What the view has not answered yet. */
  const pending = new Set<{ readonly askedAtMs: number; readonly abort: () => void }>();

  /** Knows when the view was asked and when it answered. */
  const client: Client = {
    async get<T>(path: string, options = {}) {
      const controller = new AbortController();
      const own = { askedAtMs: world.now(), abort: () => controller.abort(new Error('no answer')) };
      pending.add(own);
      try {
        const answer = await patient.get<T>(path, {
          ...options,
          signal: controller.signal,
          ...(failures === 0 && { timeoutMs: FIRST_TIMEOUT_MS }),
        });
        const nowMs = world.now();
        live = { ...live, answeredAtMs: nowMs, answerDueMs: nowMs + SILENT_MS };
        return answer;
      } finally {
        pending.delete(own);
      }
    },
  };

  const moment = atMs === null ? '' : `&at=${atMs}`;

  function update(part: Partial<Live>): void {
    if (isStopped) return;
    live = { ...live, ...part };
    publish(live);
  }

  async function readJson<T>(path: string, accepted: readonly number[] = []): Promise<T> {
    const answer = await client.get<T>(path, { accepted });
    if (answer.kind === 'unchanged') throw new ViewError(304, `${path} was not asked with a tag`);
    return answer.json;
  }

  /** The changes come first: what happens while the fleet is read is in the next poll. */
  async function readAll(): Promise<void> {
    const before = atMs === null ? '' : `&before=${new Date(atMs + 1).toISOString()}`;
    const newest = await readJson<ChangesAnswer>(`changes?limit=${FIRST_ROWS}${before}`);
    const { changes, notices } = newest;
    // Of a large fleet, what changed stands long before the last row does.
    update({ changes, notices, changesSinceMs: oldestOf(newest), ...clockOf(newest) });
    await readFleet();
    await Promise.all([readHealth(), readOlder(newest)]);
    cursor = newest.nextCursor ?? '';
    etag = '';
  }

  async function readFleet(): Promise<void> {
    let rows: Fleet = new Map();
    let path = `instances?sort=-since&limit=${FIRST_ROWS}${moment}`;
    for (;;) {
      const answer = await readJson<InstancesAnswer>(path);
      const { scopes, total, counts, nextCursor } = answer;
      rows = new Map([...rows, ...fleetOf(answer.instances.map(rowOf))]);
      const isWhole = nextCursor === undefined;
      // While a fleet is read again, the one that is known stays.
      const fleet = isWhole || !live.isWhole ? { fleet: rows, total, counts, isWhole } : {};
      update({ ...fleet, scopes, ...timesOf(answer) });
      if (isWhole || isStopped) return;
      const next = new URLSearchParams({
        sort: '-since',
        limit: String(ROWS_AT_ONCE),
        cursor: nextCursor,
      });
      path = `instances?${next}${moment}`;
    }
  }

  /** A day of changes, for the strips. */
  async function readOlder(newest: ChangesAnswer): Promise<void> {
    const sinceMs = (atMs ?? world.now() + live.clockAheadMs) - STRIP_MS;
    let { changes, notices } = newest;
    let page = newest;
    for (let pages = 0; pages < MAX_CHANGE_PAGES; pages += 1) {
      const { olderCursor } = page;
      if (olderCursor === undefined || oldestOf(page) < sinceMs) break;
      const query = new URLSearchParams({ limit: String(CHANGES_AT_ONCE), before: olderCursor });
      page = await readJson<ChangesAnswer>(`changes?${query}`);
      changes = [...changes, ...page.changes];
      notices = [...notices, ...page.notices];
    }
    const isAll = page.olderCursor === undefined || oldestOf(page) < sinceMs;
    update({ changes, notices, changesSinceMs: isAll ? sinceMs : oldestOf(page) });
  }

  async function readHealth(): Promise<void> {
    if (atMs !== null) return;
    const health = await readJson<HealthAnswer | HealthFailure>('healthz', [503]);
    // A health that cannot be read says nothing about scans and channels: the one that is known stays.
    if ('error' in health) throw new ViewError(503, health.error.message);
    healthAtMs = world.now();
    update({ health });
  }

  async function poll(): Promise<void> {
    const asked = cursor;
    const pages: ChangesAnswer[] = [];
    let next = asked;
    let tagOfFirst = '';
    for (let isMore = true; isMore; ) {
      const limit = String(CHANGES_AT_ONCE);
      const query = new URLSearchParams({ since: next, limit, details: 'true' });
      const tag = pages.length === 0 ? { etag } : {};
      const answer = await client.get<ChangesAnswer>(`changes?${query}`, tag);
      if (answer.kind === 'unchanged') {
        update(agedBy(answer.headers, live.freshness, world.now()));
        break;
      }
      pages.push(answer.json);
      if (pages.length === 1) tagOfFirst = answer.etag;
      next = answer.json.nextCursor ?? next;
      isMore = answer.json.more === true && pages.length < MAX_CHANGE_PAGES;
    }
    const last = pages.at(-1);
    if (last !== undefined) {
      // What is not watched any more must not stay as it was, and no change says so.
      const isSame = keysOf(last.scopes) === keysOf(live.scopes);
      await (isSame ? reread(asked, pages) : readFleet());
      const news = pages.flatMap(({ changes }) => changes).reverse();
      const notices = pages.flatMap((page) => page.notices).reverse();
      update({
        ...keptChanges([...news, ...live.changes], live.changesSinceMs, MAX_CHANGES),
        notices: [...notices, ...live.notices].slice(0, CHANGES_AT_ONCE),
        scopes: last.scopes,
        ...timesOf(last),
      });
      // Only now: what was not read again because of a failure must not be "unchanged" in the next poll.
      etag = next === cursor ? tagOfFirst : '';
      cursor = next;
      if (notices.some((notice) => noticeSeverity(noticeOf(notice)) !== 'neutral')) {
        healthAtMs = Number.NEGATIVE_INFINITY;
      }
    }
    // The clock of a machine may be set back.
    if (Math.abs(world.now() - healthAtMs) >= HEALTH_AGE_MS) await readHealth();
  }

  async function reread(asked: string, pages: readonly ChangesAnswer[]): Promise<void> {
    const due = rereadAfter(asked, pages);
    if (due.kind === 'all') await readFleet();
    if (due.kind !== 'some') return;
    let { fleet } = live;
    for (let start = 0; start < due.ids.length; start += IDS_PER_QUERY) {
      const ids = due.ids.slice(start, start + IDS_PER_QUERY);
      fleet = withReread(fleet, ids, await readRows(ids));
    }
    update({ fleet, total: fleet.size });
  }

  /** An id may have a row in each of several scopes, so that there may be more rows than ids. */
  async function readRows(ids: readonly string[]): Promise<readonly InstanceRow[]> {
    const rows: InstanceRow[] = [];
    const query = { id: ids.join(','), limit: String(ROWS_AT_ONCE) };
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = new URLSearchParams({ ...query, ...(cursor !== '' && { cursor }) });
      const answer: InstancesAnswer = await readJson(`instances?${page}`);
      rows.push(...answer.instances.map(rowOf));
      cursor = answer.nextCursor;
    }
    return rows;
  }

  function timesOf({ asOf, ageSeconds, stale, healthy }: Freshness): Partial<Live> {
    const freshness = { asOf, ageSeconds, stale, healthy };
    // A state of the past has the age that it had then.
    return { freshness, ...(atMs === null && clockOf(freshness)) };
  }

  function clockOf({ asOf, ageSeconds }: Freshness): Partial<Live> {
    if (asOf === null || ageSeconds === null) return {};
    return { clockAheadMs: Date.parse(asOf) + ageSeconds * 1_000 - world.now() };
  }

  async function run(): Promise<void> {
    let failingSinceMs = 0;
    while (!isStopped) {
      try {
        await (cursor === '' ? readAll() : poll());
        failures = 0;
        const isOver = atMs !== null;
        if (live.lost !== null || isOver) {
          update({ lost: null, ...(isOver && { answerDueMs: Number.POSITIVE_INFINITY }) });
        }
        if (isOver) return;
      } catch (error) {
        const failure = error instanceof ViewError ? error : unreadable(error);
        const { status, code, message: problem } = failure;
        failures += 1;
        if (failures === 1) failingSinceMs = world.now();
        // A cursor that is refused leads nowhere any more: the journal may have been made again.
        if (status === 400 || status === 410) cursor = '';
        const isSure = failures >= LOST_AFTER || live.freshness === null || status === 401;
        const lost: Lost = { sinceMs: failingSinceMs, problem, status, code };
        if (isSure && atMs !== null && MOMENT_REFUSED.has(status)) {
          update({ lost: { ...lost, isOver: true } });
          return;
        }
        if (isSure) update({ lost });
      }
      await pause(failures);
    }
  }

  function pause(failures: number): Promise<void> {
    const ms = pollDelayMs({ isVisible: world.isVisible(), failures, jitter: world.random() });
    update({ answerDueMs: world.now() + ms + SILENT_MS });
    return new Promise((resolve) => {
      const cancel = world.setTimer(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  void run();
  return {
    wake() {
      const nowMs = world.now();
      if (nowMs > live.answerDueMs) update({ answerDueMs: nowMs + WAKE_MS });
      // The connection may have died while the machine slept.
      for (const { askedAtMs, abort } of pending) if (nowMs - askedAtMs > SILENT_MS) abort();
      wake();
    },
    stop() {
      isStopped = true;
      wake();
    },
  };
}

/** What an answer of another version lacks is noticed only when it is used. */
function unreadable(error: unknown): ViewError {
  return new ViewError(200, `An answer is not as expected (${error})`, { cause: error });
}

function keysOf(scopes: readonly ScopeJson[]): string {
  return scopes.map(({ scope }) => scope).join();
}

function oldestOf({ changes, notices }: ChangesAnswer): number {
  const times = [...changes, ...notices].map(({ at }) => Date.parse(at));
  return times.reduce((oldest, time) => Math.min(oldest, time), Number.POSITIVE_INFINITY);
}

/** An unchanged answer says in its headers how old the state is. */
function agedBy(headers: Headers, known: Freshness | null, nowMs: number): Partial<Live> {
  const asOf = headers.get('x-ecs-watch-as-of');
  if (known === null || asOf === null) return {};
  const ageSeconds = Number(headers.get('x-ecs-watch-age-seconds') ?? 0);
  const stale = headers.get('x-ecs-watch-stale') === 'true';
  const clockAheadMs = Date.parse(asOf) + ageSeconds * 1_000 - nowMs;
  return { freshness: { ...known, asOf, ageSeconds, stale }, clockAheadMs };
}
