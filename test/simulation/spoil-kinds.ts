import type { Random } from '../../local/random.ts';
import type { Value } from './tablestore.ts';

/** One way in which a stored cell may be wrong. */
export interface SpoilKind {
  readonly row: 'head' | 'part' | 'channel' | 'commit' | 'kept';
  readonly column: string;
  /**
   * `stops`: the scope, or the channel, does nothing until a person repairs the row; `heals`: the
   * watcher says so, does without the cell and replaces it; `harmless`: it stops and changes nothing.
   */
  readonly effect: 'stops' | 'heals' | 'harmless';
  /** The cell that replaces one that is there; undefined: none. */
  readonly spoiled: (before: Value, moment: SpoilMoment) => Value | undefined;
}

export interface SpoilMoment {
  readonly nowMs: number;
  readonly random: Random;
}

type Fields = Readonly<Record<string, unknown>>;

const TEN_YEARS_MS = 10 * 365 * 24 * 60 * 60 * 1000;
/** The last millisecond that a Date can hold is before it. */
const NO_TIME = 8.64e15 + 1;

/** The cell as a JSON object with other fields; undefined removes one. */
function withFields(change: (before: Fields, moment: SpoilMoment) => Fields): SpoilKind['spoiled'] {
  return (before, moment) => {
    const fields: Fields = JSON.parse(String(before));
    return JSON.stringify({ ...fields, ...change(fields, moment) });
  };
}

/** Texts that are no JSON, or not of an object. */
const noObject: SpoilKind['spoiled'] = (_before, { random }) =>
  random.pick(['', 'NaN', '{"seq":NaN}', '{"seq":1', 'null', '[]', '"text"', '7']);
const noText: SpoilKind['spoiled'] = (_before, { random }) => random.pick([0, -1, 7]);
const gone: SpoilKind['spoiled'] = () => undefined;
const oneOf =
  (...fields: readonly Fields[]): SpoilKind['spoiled'] =>
  (before, moment) =>
    withFields(() => moment.random.pick(fields))(before, moment);

/** Every kind harms no more than its own scope or channel. */
export const SPOIL_KINDS: readonly SpoilKind[] = [
  { row: 'head', column: 'checkpoint', effect: 'heals', spoiled: noObject },
  { row: 'head', column: 'checkpoint', effect: 'heals', spoiled: noText },
  {
    row: 'head',
    column: 'checkpoint',
    effect: 'heals',
    spoiled: oneOf(
      { parts: 0 },
      { parts: -1 },
      { parts: undefined },
      { parts: 1e8 },
      { parts: '1' },
      { seq: undefined },
      { seq: -1 },
      { seq: 1e300 },
      { writer: 7 },
      { writer: 'another' },
    ),
  },
  { row: 'head', column: 'checkpoint', effect: 'harmless', spoiled: gone },
  {
    row: 'head',
    column: 'checkpoint',
    effect: 'heals',
    spoiled: oneOf({ seq: 9e15 }, { seq: 1e9 }),
  },
  { row: 'head', column: 'health', effect: 'heals', spoiled: noObject },
  { row: 'head', column: 'health', effect: 'heals', spoiled: noText },
  {
    row: 'head',
    column: 'health',
    effect: 'heals',
    spoiled: oneOf(
      { failures: -1 },
      { failures: 1e300 },
      { failures: 'three' },
      { lastGoodAtMs: 'noon' },
      { lastGoodStartMs: NO_TIME },
      { lastAttemptAtMs: null },
      { announced: 'yes' },
      { hold: { missing: 3, scans: 1 } },
      { hold: 'yes' },
    ),
  },
  { row: 'head', column: 'health', effect: 'harmless', spoiled: gone },
  {
    row: 'head',
    column: 'health',
    effect: 'harmless',
    spoiled: withFields((_before, { nowMs, random }) => ({
      [random.pick(['lastAttemptAtMs', 'lastGoodAtMs', 'lastGoodStartMs'])]: nowMs + TEN_YEARS_MS,
    })),
  },
  {
    row: 'head',
    column: 'health',
    effect: 'heals',
    spoiled: oneOf({ instances: 1e12 }, { seq: 9e15 }),
  },
  { row: 'head', column: 'starts', effect: 'heals', spoiled: noObject },
  { row: 'head', column: 'starts', effect: 'heals', spoiled: noText },
  {
    row: 'head',
    column: 'starts',
    effect: 'heals',
    spoiled: oneOf({ slack: -1 }, { dingtalk: 'x' }, { webhook: null }),
  },
  { row: 'head', column: 'leaseUntil', effect: 'harmless', spoiled: () => 'soon' },
  {
    row: 'head',
    column: 'leaseUntil',
    effect: 'harmless',
    spoiled: (_before, { nowMs, random }) => random.pick([-1, nowMs + TEN_YEARS_MS]),
  },
  { row: 'part', column: 'data', effect: 'heals', spoiled: gone },
  {
    row: 'part',
    column: 'data',
    effect: 'heals',
    spoiled: (before, { random }) =>
      random.pick([
        '',
        'text',
        0,
        Buffer.alloc(0),
        Buffer.from([0, 1, 2, 3]),
        Buffer.from(before as Buffer).subarray(0, 20),
      ]),
  },
  // Only moments of the past are read from it.
  { row: 'kept', column: 'checkpoint', effect: 'harmless', spoiled: noObject },
  { row: 'kept', column: 'checkpoint', effect: 'harmless', spoiled: noText },
  { row: 'kept', column: 'checkpoint', effect: 'harmless', spoiled: gone },
  {
    row: 'kept',
    column: 'checkpoint',
    effect: 'harmless',
    spoiled: oneOf({ seq: 1 }, { atMs: NO_TIME }, { parts: 0 }, { writer: 7 }, { digest: null }),
  },
  {
    row: 'kept',
    column: 'checkpoint',
    effect: 'harmless',
    spoiled: withFields((_before, { nowMs }) => ({ atMs: nowMs + TEN_YEARS_MS })),
  },
  { row: 'channel', column: 'state', effect: 'stops', spoiled: noObject },
  { row: 'channel', column: 'state', effect: 'stops', spoiled: gone },
  {
    row: 'channel',
    column: 'state',
    effect: 'stops',
    spoiled: oneOf(
      { cursor: undefined },
      { cursor: [] },
      { cursor: { 'main/cn-hangzhou': { seq: -1 } } },
      { cursor: { 'main/cn-hangzhou': { seq: 'x' } } },
      { failures: -1 },
      { claim: { untilMs: 0 } },
      { sentAtMs: 'now' },
      { notBeforeMs: NO_TIME },
      { setAside: [{ seq: 1 }] },
      { ahead: {} },
      { held: {} },
      { held: [{ scope: 'main/cn-hangzhou' }] },
    ),
  },
  { row: 'channel', column: 'version', effect: 'stops', spoiled: gone },
  {
    row: 'channel',
    column: 'version',
    effect: 'stops',
    spoiled: (_before, { random }) => random.pick(['1', 'x', -1]),
  },
  {
    row: 'channel',
    column: 'state',
    effect: 'harmless',
    spoiled: withFields((_before, { nowMs, random }) => ({
      [random.pick(['notBeforeMs', 'attemptedAtMs', 'deliveredAtMs'])]: nowMs + TEN_YEARS_MS,
    })),
  },
  {
    row: 'channel',
    column: 'state',
    effect: 'harmless',
    spoiled: withFields((_before, { nowMs }) => ({
      sentAtMs: Array.from({ length: 60 }, () => nowMs + TEN_YEARS_MS),
    })),
  },
  {
    row: 'channel',
    column: 'state',
    effect: 'harmless',
    spoiled: withFields(({ claim }, { nowMs }) => ({
      claim: { ...((claim as Fields | null) ?? NO_CLAIM), untilMs: nowMs + TEN_YEARS_MS },
    })),
  },
  {
    row: 'channel',
    column: 'state',
    effect: 'harmless',
    spoiled: oneOf({ quietHours: { from: 22, to: 6 } }, { constructor: 1 }),
  },
  {
    row: 'commit',
    column: 'changes',
    effect: 'stops',
    spoiled: (_before, { random }) =>
      random.pick(['', '{}', '[{"from":null}]', '[{"instanceId":"i-1","from":1,"to":null}]', 7]),
  },
  { row: 'commit', column: 'changes', effect: 'stops', spoiled: gone },
  {
    row: 'commit',
    column: 'at',
    effect: 'stops',
    spoiled: (_before, { random }) => random.pick(['noon', NO_TIME]),
  },
  { row: 'commit', column: 'tickId', effect: 'stops', spoiled: gone },
  { row: 'commit', column: 'notice', effect: 'stops', spoiled: noObject },
];

const NO_CLAIM: Fields = { to: {}, tickId: 'another' };
