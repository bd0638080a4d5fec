import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FROZEN, type FrozenCell, type FrozenRow } from './frozen-rows.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shape of each row is written down here only.
type Json = any;

const HANGZHOU = 'main/cn-hangzhou';
const AT_MS = 1_795_432_200_400;
const UNCOUNTED = JSON.stringify({ calls: 9, throttles: 1 });
const NEW_DETAILS = { created: '2026-11-20T08:00Z', resourceGroupId: 'rg-bp67acfmxazb4ph' };

/** The frozen rows with every field that came after version 0.1, so that each can be spoiled. */
export const TODAY: {
  readonly journal: readonly FrozenRow[];
  readonly state: readonly FrozenRow[];
} = {
  journal: [
    ...FROZEN.journal.map((row) => inJson(row, 'changes', changesOfToday)),
    noticed(4, { kind: 'scans-failing', failures: 3, sinceMs: AT_MS, reason: 'HTTP 503' }),
    noticed(5, { kind: 'scans-recovered', failures: 4, sinceMs: AT_MS }),
    noticed(6, { kind: 'suspicion-lifted', missing: 3 }),
    {
      key: ['channel/pager', AT_MS * 1_000],
      cells: {
        record: JSON.stringify({
          atMs: AT_MS,
          tickId: 'tick',
          commits: [`${HANGZHOU}/4`],
          commitCount: 1,
          changeCount: 1,
          attempt: 1,
          isRepeat: false,
          verdict: 'rejected',
          reason: 'HTTP 400',
          inPlaceOf: 'payments',
        }),
      },
    },
    ...keptRows(),
  ],
  state: [
    ...FROZEN.state.map((row) => {
      const [scope, item] = row.key;
      if (scope === 'channels') return inJson(row, 'state', channelOfToday);
      return item === 'head' ? headOfToday(row) : inJson(row, 'data', partOfToday);
    }),
    { key: ['watcher', 'scopes'], cells: { list: JSON.stringify(watchListOfToday()) } },
  ],
};

/** The checkpoint of Hangzhou, as it is kept for moments of the past. */
function keptRows(): readonly FrozenRow[] {
  const [part] = FROZEN.state.filter(({ key }) => String(key[1]).startsWith('part/'));
  const data = part && inJson(part, 'data', partOfToday).cells.data;
  if (typeof data !== 'object') throw new RangeError('no part of a checkpoint is frozen');
  const sha256 = (content: Buffer) => createHash('sha256').update(content).digest();
  const digest = sha256(sha256(Buffer.from(data.base64, 'base64'))).toString('base64url');
  const checkpoint = { seq: 2, writer: 'tick', atMs: AT_MS, parts: 1, digest };
  return [
    { key: [`kept:${HANGZHOU}`, 2], cells: { checkpoint: JSON.stringify(checkpoint) } },
    { key: [`kept-parts:${HANGZHOU}/2/tick`, 0], cells: { data } },
  ];
}

function watchListOfToday(): Json {
  const regionIds = ['cn-hangzhou', 'cn-shanghai'];
  return {
    scopes: regionIds.map((regionId) => ({ key: `main/${regionId}`, account: 'main', regionId })),
    regions: { main: { ids: regionIds, listedAtMs: AT_MS } },
  };
}

function changesOfToday(changes: readonly Json[]): Json {
  return changes.map((change, index) =>
    index > 0
      ? change
      : change.from === null
        ? { ...change, ...NEW_DETAILS, returned: true }
        : { ...change, ...NEW_DETAILS, fromSinceMs: AT_MS - 1, fromSinceKnown: true },
  );
}

function noticed(seq: number, notice: Json): FrozenRow {
  const cells = { at: AT_MS + seq, tickId: 'tick', changes: '[]', notice: JSON.stringify(notice) };
  return { key: [HANGZHOU, seq], cells };
}

function headOfToday(row: FrozenRow): FrozenRow {
  const lastCalls = { calls: 9, throttles: 1, budgetPerMinute: 60 };
  const { key, cells } = inJson(row, 'health', (health) =>
    health.hold === null
      ? { ...health, rests: false, lastCalls, tallies: talliesOfToday() }
      : { ...health, hold: { ...health.hold, countedSinceMs: AT_MS } },
  );
  return {
    key,
    cells: {
      ...cells,
      starts: '{"pager":1}',
      callsTotal: 512,
      throttlesTotal: 3,
      uncounted: UNCOUNTED,
    },
  };
}

function talliesOfToday(): Json {
  const counted = { ticks: 9, good: 8, late: 1, periodMs: 60_000, asIfSinceMs: AT_MS - 600_000 };
  return {
    now: { sinceMs: AT_MS - 900_000, ...counted, gaps: [60_000, 60_100] },
    before: { sinceMs: AT_MS - 1_800_000, ...counted, untilMs: AT_MS - 900_000 },
  };
}

function partOfToday(part: Json): Json {
  const [[id, status, sinceMs, details], ...others] = part.instances;
  const first = [id, status, sinceMs, { ...details, ...NEW_DETAILS, sinceKnown: true }];
  return {
    ...part,
    changeCount: 12,
    lastAtMs: AT_MS,
    instances: [first, ...others],
    released: [['i-gone', AT_MS]],
  };
}

function channelOfToday(state: Json): Json {
  return {
    ...state,
    destination: null,
    claim: state.claim && {
      ...state.claim,
      isAhead: false,
      asOf: { ms: AT_MS, isAll: false, isRest: true, rules: 'v1 nights' },
      mutes: ['nights'],
      saysInstead: true,
      reminds: AT_MS,
    },
    maybeDeliveredAsOf: { ms: AT_MS, isAll: false, isRest: true, rules: 'v1 nights' },
    held: [
      {
        scope: HANGZHOU,
        instanceId: 'i-held',
        changes: [
          {
            seq: 4,
            atMs: AT_MS,
            previousAtMs: AT_MS - 60_000,
            change: {
              instanceId: 'i-held',
              from: 'Running',
              to: 'Stopping',
              ...NEW_DETAILS,
              index: 3,
              route: 'web',
              severities: { Stopped: 'good' },
            },
          },
        ],
        flips: [AT_MS],
        flapping: { flips: 5, sinceMs: AT_MS },
      },
    ],
    used: { period: '2026-11', messages: 7 },
    limits: { messagesPerMinute: 20, quota: { per: 'month', messages: 5_000 } },
    failingSinceMs: state.failures === 0 ? null : AT_MS,
    unmarked: 1,
    isPaused: true,
    stuck:
      state.failures === 0
        ? null
        : {
            scope: HANGZHOU,
            to: { seq: 3, part: 0 },
            refusals: 2,
            isContent: false,
            accepted: 0,
            isPassing: false,
          },
    ahead: [{ scope: HANGZHOU, seq: 5, isSure: true }],
    setAside: [{ scope: HANGZHOU, seq: 2, atMs: AT_MS, reason: 'HTTP 400' }],
    muted: {
      nights: {
        policy: 'v1',
        fromMs: AT_MS - 1,
        untilMs: AT_MS,
        isMaybeSent: true,
        after: { [HANGZHOU]: 2 },
      },
    },
    incidents: {
      [HANGZHOU]: {
        'i-1': { state: 'open', seq: 3, openedAtMs: [AT_MS], overSinceMs: AT_MS },
        '*': {
          state: 'unsure',
          seq: 3,
          isPerhapsUnseen: true,
          mayHaveNamedMore: true,
          openedAtMs: [],
          down: ['i-2'],
        },
      },
    },
    instead: {
      channel: 'reserve',
      messages: 3,
      fromMs: AT_MS - 1,
      untilMs: AT_MS,
      isMaybeSaid: true,
    },
    remindedMs: AT_MS,
  };
}

/** A row with the JSON in one of its cells changed. */
function inJson(
  { key, cells }: FrozenRow,
  column: string,
  change: (json: Json) => Json,
): FrozenRow {
  const cell = cells[column];
  return cell === undefined
    ? { key, cells }
    : { key, cells: { ...cells, [column]: cellLike(cell, change(jsonIn(cell))) } };
}

function jsonIn(cell: FrozenCell): Json {
  const text = typeof cell === 'object' ? gunzipSync(Buffer.from(cell.base64, 'base64')) : cell;
  return JSON.parse(String(text));
}

function cellLike(cell: FrozenCell, json: Json): FrozenCell {
  const text = JSON.stringify(json);
  return typeof cell === 'object' ? { base64: gzipSync(text).toString('base64') } : text;
}
