import { parseWatchFile } from '../../commands/watch-file/read.ts';
import { scanHandler, watchHandler } from '../../functions/watch/index.ts';
import type { Fleet } from '../../local/ecs/index.ts';
import { type FunctionRuntime, startInvokeApi } from '../../local/fc/index.ts';
import { LOCAL_ACCOUNT, LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { type Random, seededRandom } from '../../local/random.ts';
import type { LocalServer } from '../../local/server.ts';
import { examineChain } from '../../shared/core/chain.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { commitsPast } from '../../shared/journal/read.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import { SHARDS_AT_ONCE } from '../../shared/watch/core/shards.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { functionOf } from '../helpers/function-of.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const START_MS = Date.UTC(2026, 10, 22, 10, 5);
const REGIONS = Array.from(
  { length: roundsOf('SHARD_REGIONS', 2) },
  (_, index) => `moon-${String(index + 1).padStart(2, '0')}`,
);
const FLEET = roundsOf('SHARD_FLEET', 4);
const MEMBERS = ['factory', 'shop', 'bank', 'lab', 'club'];
const ACCOUNTS = ['office', ...MEMBERS];
const SCOPES = ACCOUNTS.flatMap((account) =>
  REGIONS.map((regionId) => ({ key: `${account}/${regionId}`, account, regionId })),
);
const FILE = parseWatchFile(
  `accounts:\n${ACCOUNTS.map((alias) => {
    const role = alias === 'office' ? '' : `roleArn: "${roleOf(alias).arn}", `;
    return `  - { alias: ${alias}, ${role}regions: [${REGIONS.join(', ')}] }`;
  }).join('\n')}`,
  'watch.yaml',
);
const TIMEOUT_SECONDS = 50;
/** Ticks in which shards are killed and tables are slow; calm ones follow until everything is known. */
const TICKS = 6;
const MAX_CALM_TICKS = 6;
/** Requests after which a shard that is killed is dead. */
const MAX_REQUESTS = 12 * Math.min(10, SCOPES.length);
/** Of Slack. */
const MESSAGES_PER_MINUTE = 30;
/** Tick → the messages that others have left of the chat's budget: few scopes alone never use it up. */
const LEFT_OF_BUDGET: ReadonlyMap<number, number> = new Map([
  [2, 1],
  [4, 0],
]);
/** A busy machine must not fail a test that is only slow. */
const TIMEOUT_MS = 120_000 + 10_000 * SCOPES.length;

describe(`${SCOPES.length} scopes of six accounts, ${FLEET} instances each, over both clients of Function Compute`, () => {
  let story: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    story = await play(seededRandom(1));
  }, TIMEOUT_MS);

  it('have shards killed, and are all scanned in the end', () => {
    expect(story.killed).toBeGreaterThan(0);
    expect([...story.clients].sort()).toEqual(['2016-08-15', '2023-03-30']);
    expect(story.reports.at(-1)).toMatchObject({
      ok: true,
      channels: [{ backlog: 0 }, { backlog: 0 }],
    });
  });

  it('never fail by contention: what fails is of a shard that was killed', () => {
    const errors = story.reports.flatMap(({ scopes }) =>
      scopes.flatMap(({ error }) => error ?? []),
    );
    const notes = story.reports.flatMap((report) => report.notes);

    expect(errors.length).toBeGreaterThan(0);
    expect(errors.filter((error) => !/^its shard failed: .*exited/u.test(error))).toEqual([]);
    expect(notes).toEqual([]);
  });

  it('have journals without a gap that end at the true state of every instance', () => {
    for (const { key, inconsistencies, statuses, actual } of story.journals) {
      expect([key, inconsistencies]).toEqual([key, []]);
      expect([key, statuses]).toEqual([key, actual]);
    }
  });

  it('have each change delivered once', () => {
    const owed = story.journals.flatMap(({ key, commits }) =>
      commits
        .filter(({ notice, changes }) => notice === undefined && changes.length > 0)
        .map(({ seq }) => `${key}/${seq}`),
    );
    const ids = story.events.map(({ id }) => id);

    expect(owed.length).toBeGreaterThan(TICKS);
    expect(owed.filter((id) => !ids.some((one) => one === id || one.startsWith(`${id}.`)))).toEqual(
      [],
    );
    expect(ids.filter((id, place) => ids.indexOf(id) < place)).toEqual([]);
  });

  it('send a chat as much as its budget allows, and never more', () => {
    const { slackMs, othersMs } = story;
    const allMs = [...slackMs, ...othersMs];
    const sizes = allMs.map(
      (fromMs) => allMs.filter((ms) => ms >= fromMs && ms < fromMs + MINUTE_MS).length,
    );

    expect(slackMs.length).toBeGreaterThan(1);
    expect(othersMs).toHaveLength(2 * MESSAGES_PER_MINUTE - 1);
    expect(Math.max(...sizes)).toBe(MESSAGES_PER_MINUTE);
  });
});

function idOf(alias: string): string {
  return `${MEMBERS.indexOf(alias) + 2}000000000000000`;
}

function roleOf(alias: string) {
  return { arn: `acs:ram::${idOf(alias)}:role/watched` };
}

async function play(random: Random) {
  const runtime = virtualRuntime(START_MS);
  const accounts = MEMBERS.map((alias) => ({ role: roleOf(alias), fleetSize: FLEET }));
  const { clock } = runtime;
  const cloud = await startLocalCloud({ regions: REGIONS, fleetSize: FLEET, accounts, clock });
  const shards = mortalShards(runtime, random);
  const clients = new Set<string>();
  const api = await startInvokeApi({
    find: () => shards.scan,
    onInvocation: (path) => clients.add(path.split('/')[1] ?? ''),
    accessKeys: [LOCAL_KEYS],
  });
  try {
    return await playOn(cloud, api);
  } finally {
    await api.close();
    await cloud.close();
  }

  async function playOn(
    { ecs, tablestore, channels, environment }: LocalCloud,
    { url }: LocalServer,
  ) {
    const unset = Object.keys(channels.environment).filter(
      (name) => !/^(?:SLACK|WEBHOOK)_/u.test(name),
    );
    const variables = {
      ...environment,
      ...Object.fromEntries(unset.map((name) => [name, ''])),
      WATCH_REGIONS: '',
      FUNCTIONS_ENDPOINT: url,
    };
    const write = (): void => undefined;
    const watch = watchHandler(variables, write, runtime, FILE);
    shards.open = (mortal) => {
      const scan = scanHandler(variables, write, mortal, FILE);
      return (event) => scan(event, contextOf());
    };
    const fleetOf = (account: string): Fleet =>
      account === 'office' ? ecs.fleet : ecs.fleetOf(idOf(account));
    const reports: WatchReport[] = [];
    const othersMs: number[] = [];
    for (let index = 0; index < TICKS + MAX_CALM_TICKS; index += 1) {
      const isCalm = index >= TICKS;
      shards.isCalm = isCalm || index === 0;
      tablestore.setFaults(
        isCalm ? [] : [{ kind: 'latency', latencyMs: 20, jitterMs: 40, probability: 0.1 }],
      );
      if (index > 0 && !isCalm) {
        for (const { account, regionId } of SCOPES) {
          if (random.chance(0.6)) change(fleetOf(account), regionId, random);
        }
      }
      const left = LEFT_OF_BUDGET.get(index);
      const journal = journalOf({ cloud });
      const chat = left === undefined ? undefined : await journal.channel('slack');
      if (left !== undefined && chat !== undefined) {
        const sentAtMs = Array<number>(MESSAGES_PER_MINUTE - left).fill(runtime.now());
        othersMs.push(...sentAtMs);
        await journal.moveChannel('slack', chat, { ...chat, version: chat.version + 1, sentAtMs });
      }
      // Every second run is a function of FC 2.0.
      const place = index % 2 === 0 ? {} : { service: { name: 'ecs-watch' } };
      reports.push(await watch(Buffer.from('{}'), { ...contextOf(), ...place }));
      clock.advance(MINUTE_MS);
      if (index > TICKS && reports.at(-1)?.ok === true) break;
    }
    const journal = journalOf({ cloud });
    const journals = [];
    for (const scope of SCOPES) {
      const commits = await commitsPast(journal, scope, 0);
      const chain = examineChain(null);
      const found = commits.flatMap((commit) => chain.next(commit));
      const { instances } = fold(EMPTY_SNAPSHOT, commits);
      journals.push({
        key: scope.key,
        commits,
        inconsistencies: [...found, ...chain.end()],
        statuses: [...instances].map(([id, { status }]) => `${id} ${status}`).sort(),
        actual: fleetOf(scope.account)
          .instances(scope.regionId)
          .map(({ id, status }) => `${id} ${status}`)
          .sort(),
      });
    }
    const received = channels.inbox.list().filter(({ accepted }) => accepted);
    return {
      reports,
      journals,
      clients,
      killed: shards.killed,
      othersMs,
      events: received.flatMap(({ channel, body }) =>
        channel === 'webhook' ? [JSON.parse(body) as { readonly id: string }] : [],
      ),
      slackMs: received.flatMap(({ channel, at }) => (channel === 'slack' ? [Date.parse(at)] : [])),
    };
  }
}

function contextOf() {
  return {
    credentials: LOCAL_KEYS,
    function: { timeout: TIMEOUT_SECONDS },
    region: 'cn-hangzhou',
    accountId: LOCAL_ACCOUNT,
  };
}

function change(fleet: Fleet, regionId: string, random: Random): void {
  const all = fleet.instances(regionId).filter(({ status }) => status === 'Running');
  const ids = all
    .slice(random.below(all.length + 1))
    .slice(0, 1)
    .map(({ id }) => id);
  const act = random.pick(['stop', 'stop', 'reboot', 'release', 'create'] as const);
  if (act === 'create') fleet.create(regionId, 1);
  else fleet[act](ids);
}

type Handle = (event: Buffer) => Promise<string>;

interface Instance {
  readonly mortal: MortalRuntime;
  readonly handle: Handle;
}

/** The function `scan` on instances that may be killed: ten at most, each with a memory of its own. */
function mortalShards(runtime: Runtime, random: Random) {
  const idle: Instance[] = [];
  let running = 0;
  const start = (): Instance => {
    const mortal = mortalRuntime(runtime);
    return { mortal, handle: shards.open(mortal) };
  };
  const answer = async (event: Buffer): Promise<string> => {
    const instance = idle.pop() ?? start();
    const { mortal, handle } = instance;
    const isFirst = shards.killed === 0;
    const isKilled = !shards.isCalm && (isFirst || random.chance(0.3));
    mortal.requestsLeft = isKilled ? 1 + random.below(isFirst ? 2 : MAX_REQUESTS) : Infinity;
    const report = await handle(event).catch((error: unknown) => error as Error);
    if (mortal.requestsLeft <= 0) {
      shards.killed += 1;
      throw new Error('Process exited unexpectedly before completing request');
    }
    idle.push(instance);
    if (report instanceof Error) throw report;
    return report;
  };
  const scan: FunctionRuntime = functionOf(answer);
  const shards = {
    scan: {
      ...scan,
      async invoke(...invocation: Parameters<FunctionRuntime['invoke']>) {
        if (running >= SHARDS_AT_ONCE) return { kind: 'throttled', requestId: 'r-1' } as const;
        running += 1;
        try {
          return await scan.invoke(...invocation);
        } finally {
          running -= 1;
        }
      },
    },
    open: (_mortal: Runtime): Handle => {
      throw new Error('there is no function yet');
    },
    isCalm: true,
    killed: 0,
  };
  return shards;
}

interface MortalRuntime extends Runtime {
  requestsLeft: number;
}

/**
 * The runtime of a process that dies after some of its requests, each of which has a timer. Nothing that it
 * still runs can tell the time then, so that it sends nothing any more.
 */
function mortalRuntime(runtime: Runtime): MortalRuntime {
  const living = (): Runtime => {
    if (mortal.requestsLeft <= 0) throw new Error('this process is dead');
    return runtime;
  };
  const mortal: MortalRuntime = {
    requestsLeft: Infinity,
    now: () => living().now(),
    random: () => living().random(),
    sleep: async (ms) => living().sleep(ms),
    setTimer(ms, callback) {
      mortal.requestsLeft -= 1;
      return living().setTimer(ms, callback);
    },
  };
  return mortal;
}
