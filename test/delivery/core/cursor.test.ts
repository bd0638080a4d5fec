import fc from 'fast-check';
import {
  backlog,
  type ChannelState,
  NEW_CHANNEL,
  withStarts,
} from '../../../shared/core/channel-state.ts';
import type { Message, Outcome } from '../../../shared/core/message.ts';
import type { Commit, Notice } from '../../../shared/core/model.ts';
import { claimMessage, skipTo } from '../../../shared/delivery/core/claim.ts';
import { cloudEventOf } from '../../../shared/delivery/core/message/cloud-event.ts';
import { plan } from '../../../shared/delivery/core/plan.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import type { Manner } from '../../../shared/delivery/core/stages/stage.ts';
import { AT_ONCE, aCommit, MINUTE_MS, manyChanges, NOW_MS } from '../../helpers/examples.ts';
import { propertyRuns } from '../../helpers/rounds.ts';

/**
 * A channel over a stretch of bad luck: receivers that refuse, throttle, answer nothing, and ticks
 * that are killed. Afterwards all is well, and every promise of the delivery must have been kept.
 */
const SCOPES = ['main/cn-hangzhou', 'main/cn-shanghai'] as const;
/** All commits are about one instance. */
const CHAT: Manner = { style: 'digest', messagesPerMinute: 3, settling: AT_ONCE };
const ENDPOINT: Manner = { style: 'commits', messagesPerMinute: Number.POSITIVE_INFINITY };

describe.each([
  { receiver: 'a chat', manner: CHAT },
  { receiver: 'an endpoint', manner: ENDPOINT },
])('$receiver that has been through bad luck', ({ manner }) => {
  it('has been sent every commit in exactly one acknowledged message, in the order of its scope, but for what passed a stuck one and what was set aside', () => {
    holds(manner, ({ attempts, committed, state, lastSeqs }) => {
      const sent = attempts
        .filter(({ luck }) => luck === 'delivered')
        .flatMap(({ units }) => units);

      expect(backlog(state, lastSeqs)).toBe(0);
      expect(new Set(sent).size).toBe(sent.length);
      const asideIds = new Set(state.setAside.map(({ scope, seq }) => `${scope}/${seq}`));
      const passed = new Set(
        attempts.flatMap(({ isAhead, units }) => (isAhead ? units.map(withoutPart) : [])),
      );
      for (const scope of SCOPES) {
        const own = committed.filter(
          (commit) =>
            commit.scope === scope && isNews(commit) && !asideIds.has(`${scope}/${commit.seq}`),
        );
        const sentOf = sent.filter(
          (unit) => unit.startsWith(`${scope}/`) && !asideIds.has(withoutPart(unit)),
        );
        const ids = [...new Set(sentOf.map(withoutPart))];
        const expected = own.map(({ seq }) => `${scope}/${seq}`);
        expect([...ids].sort()).toEqual([...expected].sort());
        expect(ids.filter((id) => !passed.has(id))).toEqual(
          expected.filter((id) => !passed.has(id)),
        );
        for (const commit of own) expect(partsSent(sentOf, commit)).toBe(true);
      }
    });
  });

  it('has a cursor that never went back, and moved for what was delivered or no news only', () => {
    holds(manner, ({ moves }) => {
      for (const { before, after, why } of moves) {
        for (const scope of SCOPES) {
          const [from, to] = [before.cursor[scope], after.cursor[scope]];
          expect(from === undefined || to === undefined).toBe(false);
          if (from === undefined || to === undefined) continue;
          expect(to.seq > from.seq || (to.seq === from.seq && to.part >= from.part)).toBe(true);
        }
        if (why !== 'delivered' && why !== 'skip') expect(after.cursor).toEqual(before.cursor);
        expect(after.version).toBe(before.version + 1);
      }
    });
  });

  it('was never tried before it was due, nor throttled in vain', () => {
    holds(manner, ({ attempts }) => {
      for (const [index, attempt] of attempts.entries()) {
        const previous = attempts[index - 1];
        if (previous === undefined) continue;
        // The back-off is that of the stuck event.
        if (attempt.isAhead) continue;
        expect(attempt.startMs).toBeGreaterThanOrEqual(previous.notBeforeMs);
        if (previous.throttledUntilMs === null) continue;
        expect(attempt.startMs).toBeGreaterThanOrEqual(previous.throttledUntilMs);
      }
    });
  });

  it('saw a message again, as it was and labelled, when its answer had been lost just before', () => {
    holds(manner, ({ attempts }) => {
      let mayBeRepeated = false;
      for (const [index, attempt] of attempts.entries()) {
        const previous = attempts[index - 1];
        if (previous?.luck === 'lost' || previous?.luck === 'killed') {
          mayBeRepeated = true;
          if (previous.isAhead) continue;
          expect(attempt.message.isRepeat).toBe(true);
          expect(attempt.units).toEqual(previous.units);
        }
        if (!mayBeRepeated) expect(attempt.message.isRepeat).toBe(false);
      }
    });
  });

  it('saw a label on exactly those messages of which an earlier attempt may have arrived, however long ago', () => {
    const mayBeBusy = true;
    holds(
      manner,
      ({ attempts }) => {
        const doubtful = new Set<string>();
        for (const { message, units, luck } of attempts) {
          expect(message.isRepeat).toBe(units.some((unit) => doubtful.has(unit)));
          if (luck === 'lost' || luck === 'killed') for (const unit of units) doubtful.add(unit);
        }
      },
      mayBeBusy,
    );
  });
});

it('sends a chat no more messages in any minute than planned', () => {
  holds(CHAT, ({ attempts }) => {
    // A killed tick leaves no time behind; at most one message each goes uncounted.
    const times = attempts.filter(({ luck }) => luck !== 'killed').map(({ startMs }) => startMs);
    for (const [index, startMs] of times.entries()) {
      const next = times[index + CHAT.messagesPerMinute];
      if (next !== undefined) expect(next - startMs).toBeGreaterThanOrEqual(MINUTE_MS);
    }
  });
});

it('gives an event the same id and the same changes in every attempt', () => {
  holds(ENDPOINT, ({ attempts }) => {
    const seen = new Map<string, string>();
    for (const { message } of attempts) {
      const { id, data } = cloudEventOf(message);
      const changes = JSON.stringify(data.changes);
      expect(seen.get(id) ?? changes).toBe(changes);
      seen.set(id, changes);
    }
  });
});

/** What happens to one attempt. */
type Luck =
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly takesMs: number }
  /** So many milliseconds after now: a moment that the receiver asks to wait for. */
  | { readonly kind: 'throttled'; readonly forMs: number }
  /** The tick dies between its claim and its settlement. */
  | { readonly kind: 'killed' };

interface TickLuck {
  readonly afterMs: number;
  readonly commits: readonly { readonly scope: string; readonly kind: CommitKind }[];
  readonly luck: readonly Luck[];
  /** A scope that another tick is at work on, so that this one cannot read it. */
  readonly busy: string | null;
}

type CommitKind = 'small' | 'large' | 'notice' | 'silent';

interface Attempt {
  readonly startMs: number;
  readonly message: Message;
  /** `scope/seq.part` of everything in it. */
  readonly units: readonly string[];
  readonly luck: 'delivered' | 'lost' | 'refused' | 'killed';
  /** It was sent before its turn, past a stuck one. */
  readonly isAhead: boolean;
  /** When the state allowed the next attempt, and what the receiver had asked for. */
  readonly notBeforeMs: number;
  readonly throttledUntilMs: number | null;
}

interface Move {
  readonly before: ChannelState;
  readonly after: ChannelState;
  readonly why: 'claim' | 'skip' | 'delivered' | 'refused';
}

interface Story {
  readonly attempts: readonly Attempt[];
  readonly moves: readonly Move[];
  readonly committed: readonly Commit[];
  readonly state: ChannelState;
  readonly lastSeqs: ReadonlyMap<string, number>;
}

const takesMs = fc.integer({ min: 0, max: 10_000 });
const outcome = fc.oneof(
  fc.constant<Outcome>({ kind: 'delivered' }),
  fc.boolean().map((lost): Outcome => ({ kind: 'retry', reason: 'no answer', lost })),
  fc
    .constantFrom('payload' as const, 'config' as const, 'dead' as const)
    .map((cause): Outcome => ({ kind: 'rejected', reason: 'HTTP 400', cause })),
);
const luck: fc.Arbitrary<Luck> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('outcome'), outcome, takesMs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('throttled'),
      forMs: fc.integer({ min: 0, max: 600_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'killed' }) },
);
const tickLuck: fc.Arbitrary<TickLuck> = fc.record({
  afterMs: fc.oneof(
    fc.integer({ min: 1_000, max: MINUTE_MS }),
    fc.integer({ min: MINUTE_MS, max: 2 * 60 * MINUTE_MS }),
  ),
  commits: fc.array(
    fc.record({
      scope: fc.constantFrom(...SCOPES),
      kind: fc.constantFrom<CommitKind>('small', 'small', 'large', 'notice', 'silent'),
    }),
    { maxLength: 3 },
  ),
  luck: fc.array(luck, { maxLength: 6 }),
  busy: fc.option(fc.constantFrom(...SCOPES), { nil: null }),
});

function holds(manner: Manner, promise: (story: Story) => void, mayBeBusy = false): void {
  fc.assert(
    fc.property(fc.array(tickLuck, { maxLength: 20 }), (ticks) => {
      promise(storyOf(manner, ticks, mayBeBusy));
    }),
    { numRuns: propertyRuns(60), seed: SEED },
  );
}

/** One seed for all promises, so that each story is played once and held against all of them. */
const SEED = Date.now();
const played = new Map<string, Story>();

function storyOf(manner: Manner, ticks: readonly TickLuck[], mayBeBusy: boolean): Story {
  const key = JSON.stringify([manner.style, mayBeBusy, ticks]);
  const story = played.get(key) ?? simulate(manner, ticks, mayBeBusy);
  played.set(key, story);
  return story;
}

const LARGE = manyChanges(400);
/** More ticks than any backlog here needs once all is well. */
const MAX_GOOD_TICKS = 60;

function simulate(manner: Manner, ticks: readonly TickLuck[], mayBeBusy: boolean): Story {
  const committed: Commit[] = [];
  const attempts: Attempt[] = [];
  const moves: Move[] = [];
  const lastSeqs = new Map<string, number>(SCOPES.map((scope) => [scope, 0]));
  let nowMs = NOW_MS;
  const starts = new Map(SCOPES.map((scope) => [scope, { here: 0 }] as const));
  let state = withStarts(NEW_CHANNEL, 'here', starts);

  const move = (after: ChannelState, why: Move['why']): void => {
    moves.push({ before: state, after, why });
    state = after;
  };
  const tick = (tickId: string, { luck: ahead, busy }: Pick<TickLuck, 'luck' | 'busy'>): void => {
    const left = [...ahead];
    for (;;) {
      const pending = pendingOf(state, committed, mayBeBusy ? busy : null);
      const next = plan(manner, state, pending, { tickId, nowMs });
      if (next.kind === 'idle' || next.kind === 'wait') return;
      if (next.kind === 'skip') {
        move(skipTo(state, next, tickId), 'skip');
        continue;
      }
      const startMs = nowMs;
      const { message } = next;
      const own = { startMs, message, units: unitsOf(message), isAhead: next.isAhead === true };
      move(claimMessage(state, next, { tickId, nowMs }), 'claim');
      const fate = left.shift() ?? DELIVERED;
      if (fate.kind === 'killed') {
        attempts.push({ ...own, luck: 'killed', notBeforeMs: 0, throttledUntilMs: null });
        return;
      }
      nowMs += fate.kind === 'outcome' ? fate.takesMs : 0;
      const outcomeNow = outcomeOf(fate, nowMs);
      const isDelivered = outcomeNow.kind === 'delivered';
      const moment = { tickId, nowMs, jitter: (nowMs % 1_000) / 1_000 };
      move(settle(state, outcomeNow, manner, moment, next), isDelivered ? 'delivered' : 'refused');
      attempts.push({
        ...own,
        luck: luckOf(outcomeNow),
        notBeforeMs: state.notBeforeMs,
        throttledUntilMs: outcomeNow.kind === 'throttled' ? outcomeNow.untilMs : null,
      });
      if (!isDelivered) return;
    }
  };

  for (const [index, ahead] of ticks.entries()) {
    nowMs += ahead.afterMs;
    for (const { scope, kind } of ahead.commits) {
      const seq = (lastSeqs.get(scope) ?? 0) + 1;
      lastSeqs.set(scope, seq);
      committed.push(aCommit({ scope, seq, atMs: nowMs, ...CONTENTS[kind] }));
    }
    tick(`bad-${index}`, ahead);
  }
  for (let index = 0; index < MAX_GOOD_TICKS; index += 1) {
    nowMs += 60 * MINUTE_MS;
    tick(`good-${index}`, { luck: [], busy: null });
  }
  return { attempts, moves, committed, state, lastSeqs };
}

const DELIVERED: Luck = { kind: 'outcome', outcome: { kind: 'delivered' }, takesMs: 0 };

const SILENT: Notice = { kind: 'baseline', instances: 1, last: false };
const CONTENTS: Readonly<Record<CommitKind, Partial<Commit>>> = {
  small: { changes: manyChanges(2) },
  large: { changes: LARGE },
  notice: { notice: { kind: 'suspicion-lifted', missing: 3 } },
  silent: { changes: manyChanges(2), notice: SILENT },
};

function pendingOf(
  { cursor }: ChannelState,
  committed: readonly Commit[],
  busy: string | null,
): ReadonlyMap<string, readonly Commit[]> {
  return new Map(
    SCOPES.filter((scope) => scope !== busy).map((scope) => [
      scope,
      committed.filter(
        (commit) => commit.scope === scope && commit.seq > (cursor[scope]?.seq ?? 0),
      ),
    ]),
  );
}

function outcomeOf(fate: Exclude<Luck, { kind: 'killed' }>, nowMs: number): Outcome {
  if (fate.kind === 'outcome') return fate.outcome;
  return { kind: 'throttled', reason: 'HTTP 429', untilMs: nowMs + fate.forMs };
}

function luckOf(outcomeNow: Outcome): Attempt['luck'] {
  if (outcomeNow.kind === 'delivered') return 'delivered';
  return outcomeNow.kind === 'retry' && outcomeNow.lost ? 'lost' : 'refused';
}

function unitsOf({ commits, part }: Message): readonly string[] {
  return commits.map(({ scope, seq }) => `${scope}/${seq}.${part.index + 1}/${part.count}`);
}

function withoutPart(unit: string): string {
  return unit.replace(/\.\d+\/\d+$/u, '');
}

/** Were all parts of a commit sent, each once and in order? */
function partsSent(units: readonly string[], { scope, seq }: Commit): boolean {
  const own = units.filter((unit) => withoutPart(unit) === `${scope}/${seq}`);
  return own.every((unit, index) => unit.endsWith(`.${index + 1}/${own.length}`));
}

function isNews({ notice }: Commit): boolean {
  return notice !== SILENT;
}
