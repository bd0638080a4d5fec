import {
  confirmMentions,
  mentionsText,
  testMessage,
  triedOf,
} from '../../../commands/notify/try-channel.ts';
import { canMention } from '../../../shared/channels/index.ts';
import type { Commit } from '../../../shared/core/model.ts';
import { SETTLING } from '../../../shared/core/settling.ts';
import { claimMessage, skipTo } from '../../../shared/delivery/core/claim.ts';
import { mannerInPlaceOf } from '../../../shared/delivery/core/fallback.ts';
import { cloudEventOf } from '../../../shared/delivery/core/message/cloud-event.ts';
import { digestOf } from '../../../shared/delivery/core/message/digest.ts';
import { MAX_MUTED_SCOPES } from '../../../shared/delivery/core/news/muted-news.ts';
import { plan } from '../../../shared/delivery/core/plan.ts';
import type { Mute } from '../../../shared/delivery/core/policy/mutes.ts';
import { channelPolicy, type Mentioned } from '../../../shared/delivery/core/policy/policy.ts';
import type { Route } from '../../../shared/delivery/core/policy/routes.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import type { Manner } from '../../../shared/delivery/core/stages/stage.ts';
import {
  aChange,
  aCommit,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
  WORDING,
} from '../../helpers/examples.ts';
import { aState, at, at11, at12, CHAT, ENDPOINT, HANGZHOU } from './attempts.ts';
import {
  aMute,
  delivered,
  eventsOf,
  idsOf,
  messageOf,
  named,
  namesIn,
  passed,
  planAt,
  served,
} from './policies.ts';

const HOUR_MS = 60 * MINUTE_MS;
const WEB: Route = { name: 'web', match: { name: ['web-*'] }, channels: ['ops'] };
const NONE: Route = { name: 'none', match: { name: ['asg-*'] }, channels: [] };
const LOST = { kind: 'retry', reason: 'no answer', lost: true } as const;

describe('a channel with routes', () => {
  it('is sent only the changes that go there', () => {
    const manner = served(CHAT, { routes: [WEB, NONE] });
    const next = planAt(manner, aState(), [named(12, 'web-1', 'asg-1', 'db-1')]);

    expect(namesIn(next)).toEqual(['web-1', 'db-1']);
  });

  it('moves past a commit of which nothing goes there, without a message', () => {
    const manner = served(CHAT, { routes: [NONE] });

    expect(planAt(manner, aState(), [named(12, 'asg-1')])).toMatchObject({
      kind: 'skip',
      to: { [HANGZHOU]: at12() },
    });
  });

  it('gets what a later route sends there, and not what an earlier one sends elsewhere', () => {
    const others: Route = { name: 'rest', match: {}, channels: ['mail'] };
    const next = planAt(served(CHAT, { routes: [WEB, others] }), aState(), [
      named(12, 'web-1', 'db-1'),
    ]);

    expect(namesIn(next)).toEqual(['web-1']);
  });

  it('is sent the mentions of the routes that have taken something, each once', () => {
    const routes = [
      { ...WEB, mentions: ['u1', 'u2'] },
      { ...NONE, match: {}, channels: ['ops'], mentions: ['u2', 'u3'] },
    ];
    const manner = served(CHAT, { routes });

    expect(messageOf(planAt(manner, aState(), [named(12, 'web-1')])).mentions).toEqual([
      'u1',
      'u2',
    ]);
    expect(messageOf(planAt(manner, aState(), [named(12, 'web-1', 'x')])).mentions).toEqual([
      'u1',
      'u2',
      'u3',
    ]);
  });

  it('mentions people by their ids at the kind of its channel, and ids as they are', () => {
    const rules = {
      routes: [
        { ...WEB, channels: ['ops'], mentions: ['dba', '13800000001', 'boss', 'constructor'] },
        { ...NONE, channels: ['others'], mentions: ['other'] },
      ],
      mutes: [],
      people: { dba: { dingtalk: '13800000000', slack: 'U1' }, boss: { slack: 'U2' } },
      version: 'v1',
    };
    const commits = [{ ...aCommit(), changes: [{ ...aChange(), route: WEB.name }] }];
    const [dingtalk, slack] = ['dingtalk', 'slack'].map((kind) =>
      channelPolicy('ops', rules, { kinds: new Map([['ops', kind]]) }),
    );
    const textOf = (mentioned: readonly Mentioned[], ids?: string, standsInFor?: string[]) =>
      mentionsText(triedOf(mentioned, { kind: 'delivered' }), {
        ids,
        ...(standsInFor && { standsInFor }),
      });

    expect(dingtalk?.mentionsIn(commits)).toEqual(['13800000000', '13800000001', 'constructor']);
    expect(slack?.mentionsIn(commits)).toEqual(['U1', '13800000001', 'U2', 'constructor']);
    expect(dingtalk?.mentioned).toEqual([
      { name: 'dba', id: '13800000000' },
      { name: '13800000001', id: '13800000001' },
      { name: 'boss' },
      { name: 'constructor', id: 'constructor' },
    ]);
    expect(textOf(dingtalk?.mentioned ?? [], 'a mobile number')).toEqual([
      expect.stringMatching(
        /^it mentions dba \(13800000000\), 13800000001, constructor\. Ask each/u,
      ),
      'it does not mention boss: under people, no id is given for this kind (a mobile number)',
    ]);
    expect(textOf([{ name: 'boss' }, { name: '138', id: '138' }])).toEqual([
      'it cannot mention anyone, so not 138, boss',
    ]);
    expect(textOf([])).toEqual([]);
    expect(textOf([{ name: 'boss' }], 'an open id', ['ops', 'night'])).toEqual([
      'in place of ops or night, it does not mention boss: under people, no id is given for this kind (an open id)',
    ]);
    expect(testMessage(0, dingtalk?.mentioned).mentions).toEqual([
      '13800000000',
      '13800000001',
      'constructor',
    ]);
  });

  it('asks, on a terminal, whether those who were mentioned have heard it', async () => {
    const tried = (...mentioned: readonly Mentioned[]) => triedOf(mentioned, { kind: 'delivered' });
    const mentioned = tried({ name: 'dba', id: '138' }, { name: 'boss' });
    const questions: string[] = [];
    const asking = (answer: string | undefined) => async (question: string) => {
      questions.push(question);
      return answer;
    };

    expect(await confirmMentions('ops', mentioned, asking('Y'))).toBe(true);
    for (const answer of ['n', '', undefined])
      expect(await confirmMentions('ops', mentioned, asking(answer))).toBe(false);
    expect(questions[0]).toBe('ops: have the phones of dba rung? [y/n] ');
    expect(await confirmMentions('ops', mentioned, undefined)).toBeUndefined();
    expect(await confirmMentions('ops', tried({ name: 'boss' }), asking('n'))).toBeUndefined();
    expect(questions).toHaveLength(4);
  });

  it('mentions at a fallback the people of the table, by their ids there, and no ids of the channel', () => {
    const rules = {
      routes: [{ ...WEB, channels: ['ops'], mentions: ['dba', '13800000001', 'boss'] }],
      mutes: [],
      people: { dba: { dingtalk: '13800000000', slack: 'U1' }, boss: { dingtalk: '139' } },
      version: 'v1',
    };
    const chat = (name: string, kind: string): Manner => ({
      ...CHAT,
      name,
      policy: channelPolicy(name, rules, { kinds: new Map([[name, kind]]) }),
    });
    const inPlace = (kind: string) =>
      mannerInPlaceOf(chat('ops', 'dingtalk'), chat('reserve', kind), NOW_MS);

    const sentTo = (kind: string) =>
      messageOf(planAt(inPlace(kind), aState(), [named(12, 'web-1')])).mentions;

    expect(sentTo('slack')).toEqual(['U1']);
    // At a receiver of the same kind an id is the same person.
    expect(sentTo('dingtalk')).toEqual(['13800000000', '13800000001', '139']);
    expect(sentTo('teams')).toBeUndefined();
  });

  it('mentions no one by an id that its kind of receiver cannot mention, and --test says so', () => {
    const rules = {
      routes: [{ ...WEB, channels: ['ops'], mentions: ['dba', 'boss', '13800000001', 'all'] }],
      mutes: [],
      people: { dba: { teams: 'mei@example.com' }, boss: { teams: '139' } },
      version: 'v1',
    };
    const policyOf = (kind: string) =>
      channelPolicy('ops', rules, { kinds: new Map([['ops', kind]]), canMention });
    const commits = [{ ...aCommit(), changes: [{ ...aChange(), route: WEB.name }] }];

    const { mentioned } = policyOf('teams');

    expect(policyOf('teams').mentionsIn(commits)).toEqual(['mei@example.com']);
    expect(testMessage(0, mentioned).mentions).toEqual(['mei@example.com']);
    const tried = triedOf(mentioned, { kind: 'delivered' });
    const ids = 'a principal name';
    expect(mentionsText(tried, { ids })).toEqual([
      expect.stringMatching(/^it mentions dba \(mei@example\.com\)\. Ask/u),
      'it does not mention boss (139): that is not a principal name, which it could mention',
      'it does not mention 13800000001: that is not a principal name, which it could mention',
      'it does not mention all: that is not a principal name, which it could mention',
    ]);
    for (const kind of ['webhook', 'http', 'pagerduty']) {
      expect(policyOf(kind).mentionsIn(commits)).toEqual([]);
      expect(testMessage(0, policyOf(kind).mentioned).mentions).toEqual([]);
    }
  });

  it('has its test claim no more mentions than one message has, and none that was not taken', () => {
    const many = Array.from({ length: 22 }, (_, index) => ({ name: `u${index}`, id: `u${index}` }));

    const [shown, ...rest] = mentionsText(triedOf(many, { kind: 'delivered' }), { ids: 'an id' });

    expect(shown).toMatch(/^it mentions u0, .*, u19\. Ask/u);
    expect(rest).toEqual(['not tried: u20, u21, since one message mentions 20 people at most']);
    const everyone = [{ name: 'all', id: 'all' }];
    expect(triedOf(everyone, { kind: 'delivered' }).shown).toEqual(everyone);
    expect(triedOf(everyone, { kind: 'delivered', unmentioned: 'errcode 45009' }).shown).toEqual(
      [],
    );
  });

  it('tries at a fallback the people that the routes of its channels would mention there', () => {
    const rules = {
      routes: [
        { ...WEB, channels: ['ops'], mentions: ['dba', 'U0OPS', 'boss'] },
        { ...NONE, match: {}, channels: ['night'], mentions: ['U0NIGHT', 'boss'] },
        { ...NONE, match: {}, channels: ['others'], mentions: ['U0OTHER'] },
      ],
      mutes: [],
      fallbacks: ['ops', 'night'].map((channel) => ({ channel, to: 'reserve', afterMs: 1 })),
      people: { dba: { dingtalk: '138', slack: 'U1DBA' }, boss: { slack: 'boss' } },
      version: 'v1',
    };
    const kinds = new Map([
      ['ops', 'dingtalk'],
      ['night', 'slack'],
      ['reserve', 'slack'],
    ]);

    const { mentioned } = channelPolicy('reserve', rules, { kinds, canMention });

    expect(mentioned).toEqual([
      { name: 'dba', id: 'U1DBA' },
      // An id of DingTalk is no one there.
      { name: 'U0OPS' },
      { name: 'boss', unfit: 'boss' },
      { name: 'U0NIGHT', id: 'U0NIGHT' },
    ]);
  });

  it('plans with what a message takes of the limit, and counts it', () => {
    const everyone = served(
      { ...CHAT, messagesFor: ({ mentions = [] }) => (mentions.includes('all') ? 2 : 1) },
      { routes: [{ ...WEB, mentions: ['all'] }] },
    );
    const sentAtMs = Array.from({ length: CHAT.messagesPerMinute - 1 }, () => NOW_MS - 1);
    const state = aState();
    const room = planAt(everyone, state, [named(12, 'web-1')]);

    expect(planAt(everyone, aState({ sentAtMs }), [named(12, 'web-1')])).toMatchObject({
      kind: 'wait',
      reason: 'budget',
    });
    expect(delivered(everyone, state, room).sentAtMs).toEqual([NOW_MS, NOW_MS]);
  });

  it('knows what a status means to the people of a route: good news waits, and is shown as such', () => {
    const manner = served(CHAT, { routes: [{ ...WEB, severities: { Stopped: 'good' } }] });
    const state = passed(manner, aState(), [named(12, 'web-1')]);
    const next = planAt(manner, state, [], NOW_MS + SETTLING.goodMs);

    expect(digestOf(messageOf(next), WORDING, NOW_MS)).toMatchObject({
      severity: 'good',
      lines: [{ symbol: '🟢', name: 'web-1' }],
    });
  });
});

describe('an endpoint with routes', () => {
  const manner = served(ENDPOINT, { routes: [WEB, NONE] });

  it('is sent the changes that go there under the ids that they have in the whole commit', () => {
    const next = planAt(manner, aState(), [named(12, 'asg-1', 'web-1', 'asg-2', 'web-2')]);
    const { id, data } = cloudEventOf(messageOf(next));

    expect(id).toBe(`${HANGZHOU}/12`);
    expect(data.changes?.map((change) => change.id)).toEqual([
      `${HANGZHOU}/12/1`,
      `${HANGZHOU}/12/3`,
    ]);
  });

  it('gets a large commit in the parts of the whole, less those of which nothing is left', () => {
    const all = manyChanges(1_000, (index) => `${index < 600 ? 'asg' : 'web'}-${index}`);
    const events = eventsOf(manner, aCommit({ changes: all }));
    const whole = eventsOf(ENDPOINT, aCommit({ changes: all }));

    const ids = events.flatMap(({ data }) => data.changes?.map(({ id }) => id) ?? []);
    expect(ids).toEqual(all.slice(600).map((_, place) => `${HANGZHOU}/12/${600 + place}`));
    expect(events.length).toBeLessThan(whole.length);
    for (const { id, data } of events) {
      const same = whole.find((event) => event.id === id);
      const [first] = data.changes ?? [];
      expect(same?.data.changes?.map((change) => change.id)).toContain(first?.id);
      expect(data.parts).toBe(same?.data.parts);
    }
  });

  it('loses nothing when its routes are edited between two parts', () => {
    const all = manyChanges(600, (index) => `${index % 2 === 0 ? 'asg' : 'web'}-${index}`);
    const commit = aCommit({ changes: all });
    let state = aState();
    const first = planAt(manner, state, [commit]);
    const before = idsOf(first);
    state = delivered(manner, state, first);

    const after = eventsOf(ENDPOINT, commit, state).flatMap(
      ({ data }) => data.changes?.map(({ id }) => id) ?? [],
    );

    const lastBefore = Number(before.at(-1)?.split('/').at(-1));
    const left = all.map((_, index) => index).filter((index) => index > lastBefore);
    const webs = left.filter((index) => index % 2 === 1).map((index) => `${HANGZHOU}/12/${index}`);
    expect(before.length).toBeGreaterThan(10);
    expect(after).toEqual(expect.arrayContaining(webs));
    expect(after.filter((id) => before.includes(id))).toEqual([]);
  });
});

describe('a channel that is muted', () => {
  const nights: Mute = aMute({ name: 'nights' });
  const muted = served(CHAT, { mutes: [nights] });

  it('is sent nothing, and moves on', () => {
    const state = passed(muted, aState(), [named(12, 'web-1')]);

    expect(state.cursor).toEqual({ [HANGZHOU]: at12() });
    expect(state.muted).toEqual({
      nights: {
        policy: 'v1',
        fromMs: NOW_MS - HOUR_MS,
        untilMs: NOW_MS + HOUR_MS,
        after: { [HANGZHOU]: 11 },
      },
    });
  });

  it('is sent one summary when the mute is over, with all that happened in it', () => {
    const night = [named(12, 'web-1', 'web-2'), named(13, 'web-3')];
    const state = passed(muted, aState(), night);
    const next = planAt(muted, state, night, NOW_MS + HOUR_MS);

    expect(namesIn(next)).toEqual(['web-1', 'web-2', 'web-3']);
    expect(messageOf(next).muted).toEqual({ fromMs: NOW_MS - HOUR_MS, untilMs: NOW_MS + HOUR_MS });
    expect(digestOf(messageOf(next), WORDING, NOW_MS + HOUR_MS)).toMatchObject({
      title: '🔴 3 stopped: web-1, web-2, web-3 · 🔕 Muted from 09:05 to 11:05 UTC',
      lines: [
        { symbol: '🔕', text: expect.stringContaining('Muted from 09:05 to 11:05 UTC.') },
        {},
        {},
        {},
      ],
    });
    expect(delivered(muted, state, next).muted).toBeUndefined();
    expect(delivered(muted, state, next).cursor).toEqual(state.cursor);
  });

  it('says how things stand: an instance has one line, with its last state', () => {
    const back = aCommit({ seq: 13, changes: [{ ...aChange(), from: 'Stopped', to: 'Running' }] });
    const night = [aCommit({ seq: 12, changes: [aChange()] }), back];
    const next = planAt(muted, passed(muted, aState(), night), night, NOW_MS + HOUR_MS);

    expect(digestOf(messageOf(next), WORDING, NOW_MS + HOUR_MS).lines.slice(1)).toMatchObject([
      { symbol: '🟢', text: expect.stringMatching(/^running again .*in between: stopped/u) },
    ]);
  });

  it('is sent the summary before anything that has happened since', () => {
    const night = [named(12, 'web-1')];
    const state = passed(muted, aState(), night);
    const since = named(13, 'web-2');
    const first = planAt(muted, state, [...night, since], NOW_MS + HOUR_MS);
    const then = planAt(muted, delivered(muted, state, first), [since], NOW_MS + HOUR_MS);

    expect(namesIn(first)).toEqual(['web-1']);
    expect(messageOf(then).muted).toBeUndefined();
    expect(namesIn(then)).toEqual(['web-2']);
  });

  it('is sent the summary until it is delivered, and labelled where it may have arrived', () => {
    const night = [named(12, 'web-1')];
    let state = passed(muted, aState(), night);
    const later = NOW_MS + HOUR_MS;
    for (const outcome of [{ ...LOST, lost: false }, LOST, { ...LOST, lost: false }] as const) {
      const next = planAt(muted, state, night, later);
      expect(namesIn(next)).toEqual(['web-1']);
      if (next.kind !== 'send') throw new Error(next.kind);
      const claimed = claimMessage(state, next, at(later));
      state = { ...settle(claimed, outcome, muted, { ...at(later), jitter: 0 }), notBeforeMs: 0 };
    }

    expect(messageOf(planAt(muted, state, night, later)).isRepeat).toBe(true);
  });

  it('that never had anything to say has no summary', () => {
    expect(planAt(muted, aState(), [], NOW_MS + HOUR_MS)).toEqual({ kind: 'idle' });
  });

  it('forgets what has expired from the journal, instead of looking for it for ever', () => {
    const state = passed(muted, aState(), [named(12, 'web-1')]);
    const next = plan(muted, state, new Map([[HANGZHOU, []]]), at(NOW_MS + HOUR_MS));

    if (next.kind !== 'skip') throw new Error(next.kind);
    expect(skipTo(state, next, 'tick-2').muted).toBeUndefined();
  });

  it('is sent notices all the same, unless the mute says otherwise', () => {
    const notice = {
      kind: 'scans-failing',
      failures: 3,
      sinceMs: NOW_MS,
      reason: 'HTTP 503',
    } as const;
    const pending = [aCommit({ seq: 12, notice }), named(13, 'web-1')];
    const strict = served(CHAT, { mutes: [{ ...nights, holdsNotices: true }] });

    expect(messageOf(planAt(muted, aState(), pending)).commits).toMatchObject([{ notice }]);
    expect(planAt(strict, aState(), pending)).toMatchObject({ kind: 'skip' });
  });

  it('gets every event as ever, if it is an endpoint', () => {
    expect(
      namesIn(planAt(served(ENDPOINT, { mutes: [nights] }), aState(), [named(12, 'a')])),
    ).toEqual(['a']);
  });

  it('is another one: only the channels that a mute names are muted', () => {
    const manner = served(CHAT, { mutes: [{ ...nights, channels: ['mail'] }] });

    expect(namesIn(planAt(manner, aState(), [named(12, 'web-1')]))).toEqual(['web-1']);
  });

  it('holds back what may have arrived before, and labels the summary', () => {
    const night = [named(12, 'web-1')];
    const doubtful = aState({ maybeDelivered: { [HANGZHOU]: at12() } });
    const state = passed(muted, doubtful, night);

    expect(messageOf(planAt(muted, state, night, NOW_MS + HOUR_MS)).isRepeat).toBe(true);
  });

  it('holds back so many scopes in the journal only, and the rest as if it were not ripe', () => {
    const scopes = Array.from({ length: MAX_MUTED_SCOPES }, (_, index) => `main/r-${index}`);
    const cursor = Object.fromEntries(scopes.map((scope) => [scope, at11()]));
    const commits = scopes.map((scope) => aCommit({ scope, changes: [aChange()] }));
    const state = aState({ cursor: { ...cursor, [HANGZHOU]: at11() } });
    const full = passed(muted, state, commits);

    expect(passed(muted, full, [named(12, 'web-1')]).held).toMatchObject([
      { scope: HANGZHOU, changes: [{ change: { name: 'web-1' } }] },
    ]);
    expect(planAt(muted, full, [{ ...commits[0], seq: 13 } as Commit])).toMatchObject({
      kind: 'skip',
    });
  });
});

describe('a mute of a route', () => {
  const nights = aMute({ name: 'nights', routes: ['web'] });
  const manner = served(CHAT, { routes: [WEB], mutes: [nights] });
  const night = [named(12, 'web-1', 'db-1'), named(13, 'db-2'), named(14, 'web-2')];

  it('holds back what the route takes, and nothing else', () => {
    expect(namesIn(planAt(manner, aState(), night))).toEqual(['db-1', 'db-2']);
  });

  it('is followed by a summary of just that', () => {
    const state = passed(manner, aState(), night);
    const next = planAt(manner, state, night, NOW_MS + HOUR_MS);

    expect(state.cursor).toEqual({ [HANGZHOU]: { seq: 14, part: 0 } });
    expect(namesIn(next)).toEqual(['web-1', 'web-2']);
  });

  it('leaves to a mute that goes on what both of them hold, and that one says it later, once', () => {
    const holiday = aMute({ name: 'holiday', untilMs: NOW_MS + 3 * HOUR_MS, routes: ['default'] });
    const all = aMute({ name: 'all' });
    const both = served(CHAT, { routes: [WEB], mutes: [all, holiday] });
    const state = passed(both, aState(), night);

    const first = planAt(both, state, night, NOW_MS + HOUR_MS);
    const after = delivered(both, state, first, NOW_MS + HOUR_MS);
    const second = planAt(both, after, night, NOW_MS + 3 * HOUR_MS);

    expect(namesIn(first)).toEqual(['web-1', 'web-2']);
    expect(planAt(both, after, [], NOW_MS + 2 * HOUR_MS)).toEqual({ kind: 'idle' });
    expect(namesIn(second)).toEqual(['db-1', 'db-2']);
    expect(delivered(both, after, second, NOW_MS + 3 * HOUR_MS).muted).toBeUndefined();
  });

  it('that is edited or removed meanwhile is followed by everything of its time: twice, not never', () => {
    const state = passed(manner, aState(), night);
    const removed = served(CHAT, { routes: [], mutes: [], version: 'v2' });
    const edited = served(CHAT, { routes: [], mutes: [nights], version: 'v2' });

    for (const changed of [removed, edited]) {
      const next = planAt(changed, state, night, NOW_MS + HOUR_MS);
      expect([...namesIn(next)].sort()).toEqual(['db-1', 'db-2', 'web-1', 'web-2']);
      expect(messageOf(next).isRepeat).toBe(true);
    }
  });
});
