import { parseWatchFile } from '../../commands/watch-file/read.ts';
import { watchHandler } from '../../functions/watch/index.ts';
import type { EcsFaults, Fleet } from '../../local/ecs/index.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { seededRandom } from '../../local/random.ts';
import type { Commit } from '../../shared/core/model.ts';
import { commitsPast } from '../../shared/journal/read.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { serverTime } from '../helpers/server-time.ts';

const START_MS = Date.UTC(2026, 10, 22, 10, 5);
const REGION_COUNT = roundsOf('ACCOUNT_REGIONS', 5);
const REGIONS = Array.from(
  { length: REGION_COUNT },
  (_, index) => `moon-${String(index + 1).padStart(2, '0')}`,
);
const MEMBERS = ['factory', 'shop', 'bank', 'lab', 'club'];
const ACCOUNTS = ['office', ...MEMBERS];
const FLEET = 3;

/** Half of the accounts name their regions, the others leave them to DescribeRegions. */
const FILE = parseWatchFile(
  `accounts:
  - { alias: office, regions: all }
${MEMBERS.map((alias, index) => {
  const regions = index % 2 === 0 ? `[${REGIONS.join(', ')}]` : 'all';
  return `  - { alias: ${alias}, roleArn: "${roleOf(alias).arn}", regions: ${regions} }`;
}).join('\n')}`,
  'watch.yaml',
);

const DENIED = 'factory/moon-01';
const HANGING = 'shop/moon-02';
const THROTTLED = 'bank/moon-03';
const EMPTY = 'lab/moon-04';
const GONE = scopesOf('club');
const FAILING = [DENIED, HANGING, THROTTLED, ...GONE];
/** Without an instance from the start; the second one is named by the configuration. */
const UNUSED = ['office/moon-05', 'factory/moon-05'];

const FAULTS: EcsFaults = [
  { kind: 'denied', ...only(DENIED) },
  { kind: 'latency', latencyMs: 3_600_000, ...only(HANGING) },
  { kind: 'throttle', ...only(THROTTLED) },
  { kind: 'empty', ...only(EMPTY) },
];

/** One tick a minute. */
const TICKS = 9;
const FAULTS_BEGIN = 2;
const RELEASES = 3;
const CREATIONS = 4;
/** From here on another instance of the function runs: it knows nothing, and has no keys of a role. */
const COLD = 5;
const FAULTS_END = 7;
const WHILE_FAULTY = [2, 3, 4, 5, 6];
/** Where an instance is released and one created: the scopes with a fault, and others beside them. */
const CHANGING = ACCOUNTS.flatMap((alias) => scopesOf(alias).slice(0, 4));

/** A busy machine must not fail a test that is only slow. */
const TIMEOUT_MS = 120_000 + 20_000 * REGION_COUNT;

describe(`of six accounts with ${REGION_COUNT} regions each`, () => {
  let alone: Story;
  let disturbed: Story;
  beforeAll(async () => {
    alone = await play([]);
    disturbed = await play(FAULTS);
  }, TIMEOUT_MS);

  it('every scope is recorded; one without instances is announced only where it is named', () => {
    const [first] = alone.ticks;
    const used = (ACCOUNTS.length * REGION_COUNT - UNUSED.length) * FLEET;
    const announced = ACCOUNTS.length * REGION_COUNT - 1;
    const text = `📋 Watching ${used} instances in ${announced} regions from now on.`;

    expect(first?.report).toMatchObject({ ok: true, notes: [] });
    expect(keysOf(first?.report.scopes ?? [])).toEqual(ACCOUNTS.flatMap(scopesOf));
    expect(first?.events.map(({ notice }) => notice)).toEqual(Array(announced).fill('baseline'));
    expect(first?.slack).toEqual([
      expect.stringContaining(text),
      expect.stringContaining('office/moon-01, office/moon-02, office/moon-03 and '),
    ]);
    expect(alone.ticks.map(({ report }) => report.ok)).not.toContain(false);
  });

  it('a steady tick costs two read and two write units a scope', () => {
    for (const tick of [alone.ticks[FAULTS_BEGIN], disturbed.ticks[FAULTS_END + 1]]) {
      const { scopes = [], units } = tick?.report ?? {};
      const looked = scopes.filter(({ lookedAt }) => lookedAt === undefined).length;

      // The region without instances that is not named rests.
      expect(looked).toBe(ACCOUNTS.length * REGION_COUNT - 1);
      // One more read is for the watcher's own journal.
      expect(units).toEqual({ read: 2 * looked + 1, write: 2 * looked });
    }
  });

  it('exactly those that ECS or STS fails cannot be read, until the first tick after that', () => {
    const failed = disturbed.ticks.map(({ report }) => report.scopes.filter(({ ok }) => !ok));

    const expected = disturbed.ticks.map((_, index) =>
      WHILE_FAULTY.includes(index) ? FAILING : [],
    );
    expect(failed.map(keysOf)).toEqual(expected);
    expect(disturbed.ticks.flatMap(({ report }) => report.notes)).toEqual([]);
  });

  it('each failure is announced once, and so is its end', () => {
    const failing = {
      notice: 'scans-failing',
      failures: 3,
      since: expect.stringMatching(/T10:07:0/u),
    };
    const recovered = { notice: 'scans-recovered', failures: WHILE_FAULTY.length };
    const vanished = { scope: EMPTY, missing: FLEET, known: FLEET };

    const notices = disturbed.ticks.map(({ events }) =>
      byScope(events.filter(({ notice }) => notice !== undefined)),
    );
    expect(notices.slice(FAULTS_BEGIN)).toEqual([
      [
        expect.objectContaining({ ...vanished, notice: 'suspicious-scan' }),
        expect.objectContaining({
          scope: 'watcher',
          notice: 'account-failing',
          account: 'club',
          reason: expect.stringMatching(
            /^EntityNotExist\.Role: the role does not exist: create it/u,
          ),
        }),
      ],
      [],
      [
        [THROTTLED, /^Throttling\.User: /u] as const,
        [DENIED, /^Forbidden\.RAM: the role may not call this: allow ecs:DescribeIns/u] as const,
        [HANGING, /^Timeout: .* gave no answer within 10000 ms$/u] as const,
      ].map(([scope, reason]) =>
        expect.objectContaining({ ...failing, scope, reason: expect.stringMatching(reason) }),
      ),
      [],
      [],
      [
        expect.objectContaining({ ...recovered, scope: THROTTLED }),
        expect.objectContaining({ ...recovered, scope: DENIED }),
        // One of them was released meanwhile.
        expect.objectContaining({ scope: EMPTY, notice: 'suspicion-lifted', missing: FLEET - 1 }),
        expect.objectContaining({ ...recovered, scope: HANGING }),
        expect.objectContaining({ scope: 'watcher', notice: 'account-recovered', account: 'club' }),
      ],
      [],
    ]);
  });

  it('each failure is said in both chats in words, with its place and time', () => {
    const since = 'since 10:07 UTC';
    const failing = `⚠️ 3 scans in a row failed ${since} (`;
    const recovered = `✅ Scans work again after ${WHILE_FAULTY.length} failures ${since}. What has changed meanwhile is reported now.`;
    const isTotals = (line: string): boolean => line.startsWith('📋 … and ');
    const isNotice = (line: string): boolean => /^(?:⚠️|✅|📋)/u.test(line) && !isTotals(line);

    const said = disturbed.ticks.map(({ slack }) =>
      slack.flatMap((line, index) => (isNotice(line) ? [[line, slack[index + 1]]] : [])),
    );
    expect(disturbed.ticks.map(({ dingtalk }) => dingtalk)).toEqual(
      disturbed.ticks.map(({ slack }) => slack),
    );
    expect(said.slice(FAULTS_BEGIN)).toEqual([
      [
        [expect.stringContaining('3 of 3 instances vanished at once.'), `${EMPTY} · 10:07 UTC`],
        [
          expect.stringMatching(/^⚠️ The account club cannot be watched \(EntityNotExist\.Role: /u),
          '10:07 UTC',
        ],
      ],
      [],
      [
        [expect.stringContaining(`${failing}Forbidden.RAM: `), `${DENIED} · 10:09 UTC`],
        [
          expect.stringContaining(`${failing}Timeout: `),
          expect.stringMatching(`^${HANGING} · 10:09 `),
        ],
        [
          expect.stringContaining(`${failing}Throttling.User: `),
          expect.stringMatching(`^${THROTTLED} · 10:09 `),
        ],
      ],
      [],
      [],
      // Eight releases and two of the recoveries are the ten lines.
      [
        [recovered, `${DENIED} · 10:12 UTC`],
        [recovered, `${HANGING} · 10:12 UTC`],
      ],
      [],
    ]);
    // What has no line of its own is counted, so that all five recoveries are in the message.
    expect(disturbed.ticks.map(({ slack }) => slack.filter(isTotals)).slice(FAULTS_BEGIN)).toEqual([
      [],
      ['📋 … and 6 more. In all: 16 released.'],
      [],
      [],
      [],
      // That new instances run is good news, which waits for the next message.
      ['📋 … and 27 more. In all: 8 released; 24 new, running; 5 notices.'],
      [],
    ]);
  });

  it('all others have the same journals as if alone, and their events come with the same ticks', () => {
    const others = ACCOUNTS.flatMap(scopesOf).filter(
      (scope) => !FAILING.includes(scope) && scope !== EMPTY,
    );
    const eventsOf = ({ ticks }: Story, scope: string) =>
      ticks.map(({ events }) => roughly(events.filter((event) => event.scope === scope)));

    expect(others).toHaveLength(ACCOUNTS.length * REGION_COUNT - FAILING.length - 1);
    for (const scope of others) {
      expect([scope, disturbed.journals.get(scope)]).toEqual([scope, alone.journals.get(scope)]);
      expect([scope, eventsOf(disturbed, scope)]).toEqual([scope, eventsOf(alone, scope)]);
    }
  });

  it('a change is delivered once: with its tick, or with the first one after the failure', () => {
    const late = CHANGING.filter((scope) => FAILING.includes(scope) || scope === EMPTY);
    const changesAt = ({ ticks }: Story, scope: string) =>
      ticks.flatMap(({ events }, index) =>
        events
          .filter((event) => event.scope === scope)
          .flatMap(({ changes = [] }) => changes.map(({ from, to }) => ({ index, from, to }))),
      );

    expect(late).toHaveLength(8);
    for (const scope of CHANGING) {
      expect([scope, changesAt(alone, scope)]).toEqual([
        scope,
        [
          { index: RELEASES, from: 'Running', to: null },
          { index: CREATIONS, from: null, to: 'Pending' },
          { index: CREATIONS + 1, from: 'Pending', to: 'Running' },
        ],
      ]);
    }
    for (const scope of late) {
      expect([scope, changesAt(disturbed, scope)]).toEqual([
        scope,
        [
          { index: FAULTS_END, from: null, to: 'Running' },
          { index: FAULTS_END, from: 'Running', to: null },
        ],
      ]);
    }
    // Neither chat claims to know when: only that it was after the last good scan.
    const contexts = (disturbed.ticks[FAULTS_END]?.slack ?? []).filter((line) =>
      late.some((scope) => line.startsWith(scope) && line.includes('–')),
    );
    expect(contexts.length).toBeGreaterThan(0);
    for (const context of contexts) expect(context).toContain(' · 10:06:00–10:12:00 UTC · ');
  });
});

function keysOf(scopes: readonly { readonly scope: string }[]): readonly string[] {
  return scopes.map(({ scope }) => scope);
}

function byScope<T extends { readonly scope: string }>(events: readonly T[]): readonly T[] {
  return [...events].sort((one, other) => (one.scope < other.scope ? -1 : 1));
}

function scopesOf(alias: string): readonly string[] {
  return REGIONS.map((region) => `${alias}/${region}`);
}

/** The id of an account in faults, and in the ARN of its role. */
function idOf(alias: string): string {
  return alias === 'office' ? 'own' : `${MEMBERS.indexOf(alias) + 2}000000000000000`;
}

function roleOf(alias: string) {
  return { arn: `acs:ram::${idOf(alias)}:role/watched` };
}

/** The requests of one scope. */
function only(scope: string) {
  const [alias = '', region = ''] = scope.split('/');
  return { accounts: [idOf(alias)], regions: [region] };
}

/** What became of a tick. */
interface Played {
  readonly report: WatchReport;
  /** What the webhook was sent: `data` of each event. */
  readonly events: readonly Event[];
  /** The lines that each chat was sent, without headings and markup. */
  readonly slack: readonly string[];
  readonly dingtalk: readonly string[];
}

interface Event {
  readonly scope: string;
  readonly notice?: string;
  readonly changes?: readonly { readonly from: string | null; readonly to: string | null }[];
}

interface Story {
  readonly ticks: readonly Played[];
  /** Scope → every commit of its journal, without the ids of runs, and with rough times. */
  readonly journals: ReadonlyMap<string, readonly unknown[]>;
}

/** The same story each time, but for the faults. */
async function play(faults: EcsFaults): Promise<Story> {
  let cloud: LocalCloud | undefined;
  const heldBack = () => cloud?.ecs.usage.delayed ?? 0;
  const time = serverTime(START_MS, seededRandom(1).next, heldBack);
  const accounts = MEMBERS.map((alias) => ({ role: roleOf(alias), fleetSize: FLEET }));
  cloud = await startLocalCloud({ regions: REGIONS, fleetSize: FLEET, accounts, clock: time });
  const { ecs, sts, channels, environment } = cloud;
  const fleetOf = (scope: string): readonly [Fleet, region: string] => {
    const [alias = '', region = ''] = scope.split('/');
    return [alias === 'office' ? ecs.fleet : ecs.fleetOf(idOf(alias)), region];
  };
  const release = (scope: string, count: number): void => {
    const [fleet, region] = fleetOf(scope);
    fleet.release(
      fleet
        .instances(region)
        .slice(0, count)
        .map(({ id }) => id),
    );
  };
  for (const scope of UNUSED) release(scope, FLEET);
  const newWatch = () =>
    watchHandler({ ...environment, WATCH_REGIONS: '' }, () => undefined, time, FILE);
  let watch = newWatch();

  const ticks: Played[] = [];
  for (let index = 0; index < TICKS; index += 1) {
    if (index === FAULTS_BEGIN && faults.length > 0) {
      ecs.setFaults(faults);
      sts.directory.removeRole(roleOf('club').arn);
    }
    if (index === RELEASES) for (const scope of CHANGING) release(scope, 1);
    if (index === CREATIONS) {
      for (const [fleet, region] of CHANGING.map(fleetOf)) fleet.create(region, 1);
    }
    if (index === COLD) watch = newWatch();
    if (index === FAULTS_END) {
      ecs.setFaults([]);
      sts.directory.putRole(roleOf('club'));
    }
    const report = await time.during(watch(Buffer.from('{}'), { credentials: LOCAL_KEYS }));
    const received = channels.inbox.list();
    channels.inbox.clear();
    const linesOf = (channel: string) =>
      received.flatMap((message) => (message.channel === channel ? linesIn(message.text) : []));
    ticks.push({
      report,
      events: received.flatMap(({ channel, body }) =>
        channel === 'webhook' ? [JSON.parse(body).data as Event] : [],
      ),
      slack: linesOf('slack'),
      dingtalk: linesOf('dingtalk'),
    });
    await time.passTo(START_MS + (index + 1) * MINUTE_MS);
  }
  const journals = new Map<string, readonly unknown[]>();
  const journal = journalOf({ cloud });
  for (const key of ACCOUNTS.flatMap(scopesOf)) {
    const [account = '', regionId = ''] = key.split('/');
    const commits = await commitsPast(journal, { key, account, regionId }, 0);
    journals.set(key, commits.map(withoutRun));
  }
  await cloud.close();
  return { ticks, journals };
}

/** What the chats say below the title, without their markup and links. */
function linesIn(text: string): readonly string[] {
  const [first = '', ...more] = text.split('\n');
  // DingTalk shows the title twice: as the push text, and in the chat.
  const lines =
    more[0]?.startsWith('####') || first.startsWith('####')
      ? more.filter((line) => !line.startsWith('####'))
      : more;
  return lines
    .filter((line) => !/^\s*(?:<https:|\[\w+\]\(https:)/u.test(line))
    .map((line) =>
      line
        .replace(/^- |\*\*/gu, '')
        .replaceAll('（', '(')
        .replaceAll('）', ')')
        .replace(/\s+/gu, ' ')
        .trim(),
    );
}

function withoutRun({ tickId: _, ...commit }: Commit): unknown {
  return roughly(commit);
}

/** On a busy machine a request is tried again now and then, after a pause of milliseconds. */
const ROUGHLY_MS = 5_000;

/** The same with every time at the beginning of its five seconds. */
function roughly<T>(value: T): T {
  const rough = (ms: number): number => Math.floor(ms / ROUGHLY_MS) * ROUGHLY_MS;
  const replacer = (key: string, one: unknown): unknown => {
    if (typeof one === 'number' && key.endsWith('Ms')) return rough(one);
    const isTime = typeof one === 'string' && /^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/u.test(one);
    return isTime ? rough(Date.parse(one)) : one;
  };
  return JSON.parse(JSON.stringify(value, replacer));
}
