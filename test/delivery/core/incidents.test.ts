import fc from 'fast-check';
import { type Random, seededRandom } from '../../../local/random.ts';
import { type ChannelState, NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import { FAILURES } from '../../../shared/core/incident.ts';
import type { Message, Outcome } from '../../../shared/core/message.ts';
import type { Change, Commit, Notice } from '../../../shared/core/model.ts';
import { claimMessage, skipTo } from '../../../shared/delivery/core/claim.ts';
import { MAX_INCIDENT_SCOPES, nextEvent } from '../../../shared/delivery/core/incidents/ledger.ts';
import { plan } from '../../../shared/delivery/core/plan.ts';
import { channelPolicy } from '../../../shared/delivery/core/policy/policy.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import type { Manner } from '../../../shared/delivery/core/stages/stage.ts';
import { aChange, aCommit, MINUTE_MS, manyChanges, NOW_MS } from '../../helpers/examples.ts';
import { propertyRuns } from '../../helpers/rounds.ts';
import { HANGZHOU, SHANGHAI } from './attempts.ts';

const PAGER: Manner = { name: 'pager', style: 'incidents', messagesPerMinute: 1e6 };
const REFUSED: Outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };
const LOST: Outcome = { kind: 'retry', reason: 'TIMEOUT', lost: true };
const DELIVERED: Outcome = { kind: 'delivered' };

/** What becomes of a message: the receiver takes it or not, and its sender gets this answer, or dies. */
interface Fate {
  readonly arrives: boolean;
  readonly outcome: Outcome | 'dies';
}
const TAKEN: Fate = { arrives: true, outcome: DELIVERED };

/** A receiver of incidents, and a channel that serves it from journals. */
function aPager(manner: Manner = PAGER) {
  const journals = new Map<string, Commit[]>([
    [HANGZHOU, []],
    [SHANGHAI, []],
    ['watcher', []],
  ]);
  const open = new Set<string>();
  const sent: Message[] = [];
  let nowMs = NOW_MS;
  let state: ChannelState = {
    ...NEW_CHANNEL,
    cursor: Object.fromEntries([...journals.keys()].map((scope) => [scope, { seq: 0, part: 0 }])),
  };
  const pager = {
    open,
    sent,
    get state() {
      return state;
    },
    /** Each event as `trigger i-1` or `resolve *`, and each digest as the ids and notices in it. */
    said: () => sent.splice(0).map(wordsOf),
    commit(changes: readonly Change[], scope = HANGZHOU, notice?: Notice) {
      const journal = journals.get(scope) ?? [];
      const seq = journal.length + 1;
      journal.push(aCommit({ scope, seq, atMs: nowMs, changes, ...(notice && { notice }) }));
      return pager;
    },
    /** Serves the channel until nothing is left to do, or a message is not delivered. */
    tick(fateOf: () => Fate = () => TAKEN) {
      for (let step = 0; step < 10_000; step += 1) {
        const pending = new Map(
          [...journals].map(([scope, commits]) => [
            scope,
            commits.filter(({ seq }) => seq > (state.cursor[scope]?.seq ?? 0)),
          ]),
        );
        const moment = { tickId: 'tick', nowMs };
        const next = plan(manner, { ...state, notBeforeMs: 0 }, pending, moment);
        if (next.kind === 'idle' || next.kind === 'wait') return pager;
        if (next.kind === 'skip') {
          state = skipTo(state, next, 'tick');
          continue;
        }
        state = claimMessage(state, next, moment);
        const { arrives, outcome } = fateOf();
        if (arrives) receive(next.message);
        if (outcome === 'dies') return pager;
        state = settle(state, outcome, manner, { ...moment, jitter: 0.5 }, next);
        if (outcome.kind !== 'delivered') return pager;
      }
      throw new Error('it never ends');
    },
    pass(minutes: number) {
      nowMs += minutes * MINUTE_MS;
      return pager;
    },
  };
  function receive(message: Message): void {
    sent.push(message);
    if (message.incident === undefined) return;
    const { action, scope, subject } = message.incident;
    if (action === 'trigger') open.add(`${scope} ${subject}`);
    else open.delete(`${scope} ${subject}`);
  }
  return pager;
}

function wordsOf({ incident, commits }: Message): string {
  if (incident !== undefined) return `${incident.action} ${incident.subject}`;
  const items = commits.flatMap(({ notice, changes }) =>
    notice === undefined ? changes.map(({ instanceId }) => instanceId) : [notice.kind],
  );
  return `digest of ${items.length > 3 ? items.length : items}`;
}

const stops = (...ids: readonly string[]) => ids.map((instanceId) => aChange({ instanceId }));
const runs = (...ids: readonly string[]) =>
  ids.map((instanceId) => aChange({ instanceId, from: 'Stopped', to: 'Running' }));
const goes = (...ids: readonly string[]) =>
  ids.map((instanceId) => aChange({ instanceId, from: 'Stopped', to: null }));

describe('a channel of incidents', () => {
  it('opens an incident for an instance that stops, and closes it once it runs or is released', () => {
    const pager = aPager();

    expect(pager.commit(stops('i-1', 'i-2')).tick().said()).toEqual(['trigger i-1', 'trigger i-2']);
    expect(pager.commit(runs('i-1')).tick().said()).toEqual(['resolve i-1']);
    expect(pager.commit(goes('i-2')).tick().said()).toEqual(['resolve i-2']);
    expect(pager.open).toEqual(new Set());
    // Nothing is left of them once their openings are too old to count.
    pager.pass(60).commit(stops('i-3')).tick().commit(runs('i-3')).tick().pass(60);
    expect(
      pager.commit([], HANGZHOU, { kind: 'long-round', instances: 1, roundMs: 1 }).tick().state
        .incidents,
    ).toEqual({});
  });

  it('sends everything else as a digest, which calls no person', () => {
    const pager = aPager();
    const others = [
      aChange({ instanceId: 'i-new', from: null, to: 'Running' }),
      aChange({ instanceId: 'i-on-its-way', from: 'Running', to: 'Stopping' }),
      aChange({ instanceId: 'i-gone', from: 'Running', to: null }),
    ];

    expect(
      pager
        .commit([...others, ...stops('i-1')])
        .tick()
        .said(),
    ).toEqual(['trigger i-1', 'digest of i-new,i-on-its-way,i-gone']);
    expect(
      pager
        .commit([aChange({ from: 'Stopped', to: 'Starting', instanceId: 'i-1' })])
        .tick()
        .said(),
    ).toEqual(['digest of i-1']);
    expect(pager.open).toEqual(new Set([`${HANGZHOU} i-1`]));
  });

  it('sends nothing but incidents where its receiver takes nothing else', () => {
    const pager = aPager({ ...PAGER, incidentsOnly: true });

    pager.commit([aChange({ from: null, to: 'Running' }), ...stops('i-1')]).tick();

    expect(pager.said()).toEqual(['trigger i-1']);
    expect(pager.state.cursor[HANGZHOU]).toEqual({ seq: 1, part: 0 });
  });

  it('makes one incident of a storm of 1,000, and closes it when the last of them is up again or gone', () => {
    const pager = aPager();
    const storm = manyChanges(1_000);
    const ids = storm.map(({ instanceId }) => instanceId);

    pager.commit(storm).tick();

    expect(pager.sent).toMatchObject([
      { incident: { action: 'trigger', subject: '*', down: 1_000 } },
    ]);
    expect(pager.said()).toEqual(['trigger *']);
    expect(
      pager
        .commit(runs(...ids.slice(0, 600)))
        .tick()
        .said(),
    ).toEqual(['digest of 600']);
    expect(
      pager
        .commit(goes(...ids.slice(600, 999)))
        .tick()
        .said(),
    ).toEqual(['digest of 399']);
    expect(pager.open).toEqual(new Set([`${HANGZHOU} *`]));
    expect(
      pager
        .commit(runs(...ids.slice(999)))
        .tick()
        .said(),
    ).toEqual(['resolve *', `digest of ${ids[999]}`]);
    expect(pager.open).toEqual(new Set());
  });

  it('lets what goes down later join the storm of its scope, and no other scope', () => {
    const pager = aPager();
    pager.commit(manyChanges(20)).tick().said();

    expect(pager.commit(stops('i-late')).commit(stops('i-1'), SHANGHAI).tick().said()).toEqual([
      'trigger *',
      'trigger i-1',
    ]);
    expect(pager.open).toEqual(new Set([`${HANGZHOU} *`, `${SHANGHAI} i-1`]));
  });

  it('has ten incidents of single instances in a scope, and one more for all others', () => {
    const pager = aPager();
    for (let index = 0; index < 30; index += 1) pager.commit(stops(`i-${index}`)).tick();

    expect([...pager.open]).toHaveLength(11);
    expect(pager.open).toContain(`${HANGZHOU} *`);
    for (let index = 0; index < 30; index += 1) pager.commit(runs(`i-${index}`)).tick();
    expect(pager.open).toEqual(new Set());
  });

  it('says nothing of an instance that is up again before it could be reported, but as a change', () => {
    const pager = aPager();

    expect(pager.commit(stops('i-1')).commit(runs('i-1')).tick().said()).toEqual([
      'digest of i-1,i-1',
    ]);
  });

  it('says how it went on with an instance after its event, and nothing of it twice', () => {
    const pager = aPager();
    const starts = aChange({ instanceId: 'i-1', from: 'Stopped', to: 'Starting' });

    expect(pager.commit(stops('i-1')).commit([starts]).tick().said()).toEqual([
      'trigger i-1',
      'digest of i-1',
    ]);
    expect(pager.sent).toEqual([]);
    // The digest fails, so that more happens to instances whose events have arrived.
    let answers = 0;
    pager.commit([...runs('i-1'), aChange({ instanceId: 'i-2', from: null, to: 'Running' })]);
    pager.tick(() => (++answers === 1 ? TAKEN : { arrives: false, outcome: REFUSED }));
    expect(pager.said()).toEqual(['resolve i-1']);
    expect(pager.pass(1).commit(stops('i-1')).commit(runs('i-1')).tick().said()).toEqual([
      'digest of 4',
    ]);
  });

  it('closes what a route would send elsewhere: it would be open for ever', () => {
    const routes = [
      { name: 'bad', match: { severity: ['bad'] }, channels: ['pager'] },
      { name: 'rest', match: {}, channels: ['slack'] },
    ];
    const policy = channelPolicy('pager', { routes, mutes: [], version: '1' });
    const pager = aPager({ ...PAGER, policy });

    expect(
      pager
        .commit(stops('i-1'))
        .commit([aChange({ from: null, to: 'Running' })])
        .tick()
        .said(),
    ).toEqual(['trigger i-1']);
    // In one commit, one is for the channel and the other one is not.
    expect(
      pager
        .commit([...runs('i-1'), ...stops('i-2')])
        .tick()
        .said(),
    ).toEqual(['trigger i-2', 'resolve i-1']);
    expect(pager.commit(runs('i-2')).tick().said()).toEqual(['resolve i-2']);
    const recovered = { kind: 'scans-recovered', failures: 3, sinceMs: 0 } as const;
    pager.commit([], HANGZHOU, { kind: 'scans-failing', failures: 3, sinceMs: 0, reason: 'no' });
    // Its severity is for instances: notices go by their kind, here to the other channel.
    expect(pager.commit([], HANGZHOU, recovered).tick().said()).toEqual([]);
  });

  it('opens none for an instance that a route does not send to it, and none that a route calls harmless', () => {
    const routes = [
      { name: 'elsewhere', match: { name: ['dev-*'] }, channels: ['slack'] },
      {
        name: 'calm',
        match: { name: ['batch-*'] },
        channels: ['pager'],
        severities: { Stopped: 'neutral' } as const,
      },
    ];
    const policy = channelPolicy('pager', { routes, mutes: [], version: '1' });
    const pager = aPager({ ...PAGER, policy });
    const named = (name: string) => aChange({ instanceId: `i-${name}`, name });

    expect(pager.commit(['dev-1', 'batch-1', 'web-1'].map(named)).tick().said()).toEqual([
      'trigger i-web-1',
      'digest of i-batch-1',
    ]);
  });

  it.each<[string, Notice, Notice, string]>([
    [
      'scans',
      { kind: 'scans-failing', failures: 3, sinceMs: 0, reason: 'no' },
      { kind: 'scans-recovered', failures: 3, sinceMs: 0 },
      'scans failing',
    ],
    [
      'a suspicion',
      { kind: 'suspicious-scan', missing: 20, known: 30 },
      { kind: 'suspicion-lifted', missing: 20 },
      'instances vanished',
    ],
    [
      'another channel',
      {
        kind: 'channel-failing',
        channel: 'slack',
        failures: 3,
        reason: 'no',
        deliveredAtMs: null,
        failing: {},
      },
      { kind: 'channel-recovered', channel: 'slack', sinceMs: 0, failing: {} },
      'channel slack',
    ],
    [
      'an account',
      { kind: 'account-failing', account: 'b', reason: 'no', failing: {} },
      { kind: 'account-recovered', account: 'b', sinceMs: 0, failing: {} },
      'account b',
    ],
  ])('opens an incident of %s, and closes it when that is over', (_what, begins, ends, subject) => {
    const pager = aPager();

    expect(pager.commit([], HANGZHOU, begins).tick().said()).toEqual([`trigger ${subject}`]);
    expect(pager.commit([], HANGZHOU, ends).tick().said()).toEqual([`resolve ${subject}`]);
  });

  it('closes a suspicion that has come true: then nothing lifts it', () => {
    const pager = aPager();
    pager.commit([], HANGZHOU, { kind: 'suspicious-scan', missing: 20, known: 30 }).tick().said();

    expect(
      pager
        .commit([aChange({ to: null })])
        .tick()
        .said(),
    ).toEqual(['resolve instances vanished', 'digest of i-bp1']);
  });

  it('opens none for its own failure, nor for what no later notice ends', () => {
    const pager = aPager();
    const facts = { failures: 3, reason: 'no', deliveredAtMs: null, failing: {} };
    pager.commit([], 'watcher', { kind: 'channel-failing', channel: 'pager', ...facts });

    expect(pager.tick().said()).toEqual([]);
    pager.commit([], 'watcher', {
      kind: 'quota-low',
      channel: 'slack',
      used: 9,
      quota: 10,
      failing: {},
    });
    expect(pager.tick().said()).toEqual(['digest of quota-low']);
  });

  it('closes the incident of a store that was gone, which no journal knows of, and says so besides', () => {
    const pager = aPager();

    pager.commit([], 'watcher', { kind: 'ticks-resumed', sinceMs: 0, untilMs: 1 });

    expect(pager.tick().said()).toEqual(['resolve store failing', 'digest of ticks-resumed']);
    expect(pager.tick().said()).toEqual([]);
  });

  it('keeps the incident of a flapping instance open until it has run for a quarter of an hour', () => {
    const pager = aPager();
    for (let flap = 0; flap < 10; flap += 1) {
      pager.commit(stops('i-1')).tick().pass(1).commit(runs('i-1')).tick().pass(1);
    }

    expect(pager.said().filter((word) => word === 'trigger i-1')).toHaveLength(3);
    expect(pager.open.size).toBe(1);
    expect(pager.pass(13).tick().said()).toEqual([]);
    expect(pager.pass(2).tick().said()).toEqual(['resolve i-1']);
    expect(pager.tick().said()).toEqual([]);
  });

  it('closes the incident of a flapping instance at once when it is released', () => {
    const pager = aPager();
    for (let flap = 0; flap < 5; flap += 1) {
      pager.commit(stops('i-1')).tick().commit(runs('i-1')).tick();
    }
    pager.said();

    expect(pager.commit(goes('i-1')).tick().said()).toEqual(['resolve i-1']);
  });

  it.each<[string, Fate]>([
    ['whose answer was lost', { arrives: true, outcome: LOST }],
    ['whose sender died', { arrives: true, outcome: 'dies' }],
  ])('closes an incident %s, although the instance runs by then', (_how, fate) => {
    const pager = aPager();
    pager.commit(stops('i-1')).tick(() => fate);
    expect(pager.open.size).toBe(1);

    // A claim is waited for.
    pager.pass(1).commit(runs('i-1')).tick();

    expect(pager.open.size).toBe(0);
    expect(pager.sent.at(-2)).toMatchObject({ isRepeat: true, incident: { action: 'resolve' } });
  });

  it('opens an incident again whose closing was lost, and which may be closed', () => {
    const pager = aPager();
    pager
      .commit(stops('i-1'))
      .tick()
      .commit(runs('i-1'))
      .tick(() => ({ arrives: true, outcome: LOST }));

    pager.pass(1).commit(stops('i-1')).tick();

    expect(pager.open.size).toBe(1);
  });

  it('says as a change what was up again before its incident could be opened', () => {
    const pager = aPager();
    pager.commit(stops('i-1')).tick(() => ({ arrives: false, outcome: REFUSED }));

    expect(pager.pass(1).commit(runs('i-1')).tick().said()).toEqual(['digest of i-1,i-1']);
    // Nothing of it may have been shown, so that it is not labelled.
    expect(
      pager.commit(stops('i-2')).tick(() => ({ arrives: false, outcome: REFUSED })).sent,
    ).toEqual([]);
    expect(pager.tick().sent).toMatchObject([{ incident: { subject: 'i-2' }, isRepeat: false }]);
  });

  it('says as a change, labelled, what was up again while it is not known whether its incident was opened', () => {
    // A receiver drops the closing of what it has never seen, so that this alone would show nothing.
    for (const outcome of [LOST, 'dies'] as const) {
      const pager = aPager();
      pager.commit(stops('i-1')).tick(() => ({ arrives: false, outcome }));
      pager.pass(3).commit(runs('i-1')).tick();

      expect(pager.sent.map(({ isRepeat }) => isRepeat)).toEqual([true, true]);
      expect(pager.said()).toEqual(['resolve i-1', 'digest of i-1,i-1']);
      // What follows is news.
      pager.commit([aChange({ instanceId: 'i-1', from: 'Running', to: 'Stopping' })]).tick();
      expect(pager.sent).toMatchObject([{ isRepeat: false }]);
    }
  });

  it('labels that although an older change is repeated before it', () => {
    const pager = aPager();
    pager.commit(goes('i-2')).tick(() => ({ arrives: false, outcome: LOST }));
    pager.commit(stops('i-1')).tick(() => ({ arrives: false, outcome: LOST }));

    pager.pass(1).commit(runs('i-1')).tick();

    expect(pager.sent.map(({ isRepeat }) => isRepeat)).toEqual([true, true, true]);
    expect(pager.said()).toEqual(['resolve i-1', 'digest of i-2', 'digest of i-1,i-1']);
  });

  it('labels that although its incident stays open, because it comes and goes', () => {
    const pager = aPager();
    for (let flap = 0; flap < 3; flap += 1)
      pager.commit(stops('i-1')).tick().commit(runs('i-1')).tick();
    pager.pass(16).tick().said();
    pager.commit(goes('i-2')).tick(() => ({ arrives: false, outcome: LOST }));
    pager.commit(stops('i-1')).tick(() => ({ arrives: false, outcome: LOST }));

    pager.pass(1).commit(runs('i-1')).tick();

    expect(pager.sent.map(({ isRepeat }) => isRepeat)).toEqual([true, true]);
    expect(pager.said()).toEqual(['digest of i-2', 'digest of i-1,i-1']);
  });

  it('labels what was up again while it is not known whether its storm was opened', () => {
    const ids = Array.from({ length: 11 }, (_, index) => `i-${index}`);
    const pager = aPager();
    pager.commit(stops(...ids)).tick(() => ({ arrives: true, outcome: LOST }));

    pager
      .pass(1)
      .commit(runs(...ids))
      .tick();

    expect(pager.sent.map(({ isRepeat }) => isRepeat)).toEqual([false, true, true]);
    expect(pager.said()).toEqual(['trigger *', 'resolve *', 'digest of 22']);
  });

  it.each([1, 2])(
    'labels what was up again before its storm was opened after %i lost answers',
    (lost) => {
      const ids = Array.from({ length: 14 }, (_, index) => `i-${index}`);
      const pager = aPager();
      pager.commit(stops(...ids));
      for (let times = 0; times < lost; times += 1) {
        pager.tick(() => ({ arrives: false, outcome: LOST })).pass(1);
        if (times === 0) pager.commit(runs('i-0', 'i-1'));
      }

      pager.tick();

      expect(pager.sent.map(({ isRepeat }) => isRepeat)).toEqual([true, true]);
      expect(pager.sent[0]?.incident).toMatchObject({ down: 12 });
      expect(pager.said()).toEqual(['trigger *', 'digest of 4']);
      // What follows is news, and so is an instance of a storm whose opening is known.
      pager.commit(runs('i-2')).tick();
      pager
        .commit([...stops('i-new'), ...runs('i-3')])
        .tick(() => ({ arrives: false, outcome: LOST }));
      pager.pass(1).tick();
      expect(pager.sent.map(({ isRepeat }) => isRepeat)).toEqual([false, true, false]);
    },
  );

  it('says nothing more of what is known to have been opened, though its closing had no answer', () => {
    const pager = aPager();
    pager.commit(stops('i-1')).tick();
    pager.commit(runs('i-1')).tick(() => ({ arrives: false, outcome: LOST }));

    pager.pass(1).tick();

    expect(pager.said()).toEqual(['trigger i-1', 'resolve i-1']);

    // Nor where the run that opened it could not move the cursor.
    const sent = ['trigger i-1'];
    pager
      .commit(goes('i-2'))
      .commit(stops('i-1'))
      .tick(() => (sent.pop() ? TAKEN : { arrives: false, outcome: LOST }))
      .commit(runs('i-1'))
      .tick(() => ({ arrives: false, outcome: LOST }))
      .pass(1)
      .tick();

    expect(pager.said()).toEqual(['trigger i-1', 'resolve i-1', 'digest of i-2']);
  });

  it('opens no second incident for what has lost an answer', () => {
    const pager = aPager();
    pager.commit(stops('i-1')).tick(() => ({ arrives: true, outcome: LOST }));

    pager.pass(1).tick();

    expect(pager.said()).toEqual(['trigger i-1', 'trigger i-1']);
    expect(pager.open.size).toBe(1);
  });

  it('follows 15,000 instances in a storm, and says of the rest what has changed', () => {
    const pager = aPager();

    pager.commit(manyChanges(15_005)).tick();

    expect(pager.sent).toMatchObject([{ incident: { subject: '*', down: 15_000 } }, {}]);
    expect(pager.said()).toEqual(['trigger *', 'digest of 5']);
  });

  it('follows 150 scopes and the watcher itself, so that its row can always be stored', () => {
    const openedAtMs = [NOW_MS];
    const known = Object.fromEntries(
      Array.from({ length: MAX_INCIDENT_SCOPES }, (_, index) => [
        `main/scope-${index}`,
        { [FAILURES.scans]: { state: 'open' as const, seq: 1, openedAtMs } },
      ]),
    );
    const dueIn = (scope: string, subject: string) =>
      nextEvent(known, [{ scope, subject, isBad: true, seq: 2, atMs: NOW_MS }], NOW_MS)?.event;

    expect(dueIn('main/one-more', FAILURES.scans)).toBeUndefined();
    expect(dueIn('main/one-more', 'i-1')).toBeUndefined();
    expect(dueIn('main/scope-0', 'i-1')).toMatchObject({ action: 'trigger', subject: 'i-1' });
    expect(dueIn('watcher', FAILURES.account('b'))).toMatchObject({ action: 'trigger' });
  });

  it('has open just what is down, whatever becomes of its messages', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(problemsOf(seed)).toEqual([]);
      }),
      { seed: 16, numRuns: propertyRuns(100) },
    );
  });
});

/** A history of a few instances in two scopes, with faults, and then without. */
function problemsOf(seed: number): readonly string[] {
  const random = seededRandom(seed);
  const pager = aPager();
  const down = new Map<string, Set<string>>(
    [HANGZHOU, SHANGHAI].map((scope) => [scope, new Set()]),
  );
  const status = new Map<string, string | null>();
  const fleet = random.pick([2, 8, 40]);
  const faults = random.pick([0, 0.3, 0.8]);
  for (let step = 0; step < 25; step += 1) {
    const scope = random.pick([HANGZHOU, SHANGHAI]);
    const changes: Change[] = [];
    for (let index = 0; index < fleet; index += 1) {
      if (!random.chance(0.3)) continue;
      const instanceId = `i-${scope.slice(-3)}-${index}`;
      const from = status.get(instanceId) ?? 'Running';
      const to = random.pick(['Running', 'Stopped', 'Stopped', 'Starting', null]);
      if (from === to) continue;
      changes.push(aChange({ instanceId, from, to }));
      status.set(instanceId, to);
      if (to === 'Running' || to === null) down.get(scope)?.delete(instanceId);
      if (to === 'Stopped' && from !== 'Pending') down.get(scope)?.add(instanceId);
    }
    if (changes.length > 0) pager.commit(changes, scope);
    pager.pass(random.pick([1, 1, 1, 10, 40]));
    if (random.chance(0.8)) pager.tick(() => fateOf(random, faults));
  }
  pager.pass(1).tick().pass(16).tick();
  return [...down].flatMap(([scope, ids]) => {
    const isStorm = pager.open.has(`${scope} *`);
    const uncovered = [...ids].filter((id) => !isStorm && !pager.open.has(`${scope} ${id}`));
    const stale = [...pager.open].filter(
      (key) => key.startsWith(`${scope} i-`) && !ids.has(key.slice(scope.length + 1)),
    );
    return [
      ...uncovered.map((id) => `${id} is down without an incident`),
      ...stale.map((key) => `${key} is never closed`),
      ...(isStorm && ids.size === 0 ? [`the storm of ${scope} is never closed`] : []),
    ];
  });
}

function fateOf(random: Random, faults: number): Fate {
  if (!random.chance(faults)) return TAKEN;
  const arrives = random.chance(0.5);
  return random.pick<Fate>([
    { arrives: false, outcome: REFUSED },
    { arrives, outcome: LOST },
    { arrives, outcome: 'dies' },
  ]);
}
