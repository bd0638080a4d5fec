import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleFunctions } from '../../commands/bundle.ts';
import { backUp, restore } from '../../commands/journal/backup.ts';
import { openToRead } from '../../commands/journal/store.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { seededRandom } from '../../local/random.ts';
import { fold } from '../../shared/core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { commitsPast } from '../../shared/journal/read.ts';
import { aScope } from '../helpers/examples.ts';
import { type Running, runFile } from '../helpers/processes.ts';
import { roundsOf } from '../helpers/rounds.ts';

const REGION = 'cn-hangzhou';
/** Each costs about three seconds. */
const KILLS = roundsOf('BOX_KILLS', 3);
const SEED = 15;
// A part of a fleet is stopped, and each kill releases one that runs.
const FLEET = 20 + 2 * KILLS;
const PERIOD_MS = 300;
/** From before the journal is opened until after the second tick. */
const LATEST_KILL_MS = 3_000;
/** Longer than a lease or a claim of a dead run is valid. */
const SHIFT_MS = 40_000;
const POLL_MS = 20;
const PATIENCE_MS = 60_000;

/**
 * A box on an account that the local ECS plays. Each run is by a clock that is ahead of the one before,
 * so that leases and claims of a dead run have expired.
 */
describe('a box', () => {
  let folder: string;
  let data: string;
  let codeDir: string;
  let shiftFile: string;
  let cloud: LocalCloud;
  let environment: Readonly<Record<string, string>>;
  let shiftMs = 0;
  const released: string[] = [];
  const started: Running[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-box-'));
    data = join(folder, 'data');
    codeDir = join(folder, 'shifted');
    shiftFile = join(folder, 'shift');
    const built = join(folder, 'built');
    await bundleFunctions(built);
    for (const name of ['watch', 'view']) {
      await mkdir(join(codeDir, name), { recursive: true });
      await writeFile(
        join(codeDir, name, 'index.js'),
        shifted(join(built, name, 'index.js'), shiftFile),
      );
    }
    cloud = await startLocalCloud({
      fleetSize: FLEET,
      clock: { now: () => Date.now() + shiftMs },
    });
    const { SLACK_WEBHOOK, WEBHOOK_URL, WEBHOOK_SECRET, WATCH_REGIONS, ECS_ENDPOINT } =
      cloud.environment as Record<string, string>;
    environment = {
      ...({ SLACK_WEBHOOK, WEBHOOK_URL, WEBHOOK_SECRET, WATCH_REGIONS, ECS_ENDPOINT } as Record<
        string,
        string
      >),
      WEBHOOK_ALLOW_PRIVATE: 'true',
      ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
    };
  });
  afterAll(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await cloud?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    'loses no change and repeats none without a label, whenever it is killed',
    async () => {
      const random = seededRandom(SEED);
      await until(boxOn(data), () => eventsAbout('"notice":"baseline"').length > 0);

      for (let kill = 1; kill <= KILLS; kill += 1) {
        releaseOne();
        const { child, finished } = boxOn(data);
        await sleep(random.next() * LATEST_KILL_MS);
        child.kill('SIGKILL');
        await finished;
      }
      await until(boxOn(data), () => released.every((id) => eventsAbout(id).length > 0));

      expect(releasesOf(await journalIn(data))).toEqual(released);
      for (const id of released) expect(unlabelled('slack', id)).toBeLessThan(2);
      expect(new Set(changesOfEvents()).size).toBe(released.length);
    },
    PATIENCE_MS + KILLS * (LATEST_KILL_MS + 5_000),
  );

  it('ends between two ticks with SIGTERM, serves the view, and lets no second process in, to its data or its port', async () => {
    const box = boxOn(data);
    const { view, pid } = JSON.parse(await lineOf(box)) as { view: string; pid: number };

    const second = await boxOn(data).finished;
    const elsewhere = await boxOn(join(folder, 'other'), new URL(view).port).finished;
    const page = await fetch(`${view}/instances`);
    const isKnown = await page.text();
    box.child.kill('SIGTERM');
    const { code, stderr } = await box.finished;

    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`${data} is in use by process ${pid} (npm start -- --real)`);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.stderr).toMatch(/Cannot listen on .*Another program has this port: .*--port/u);
    expect(page.status).toBe(200);
    expect(isKnown).toContain(cloud.ecs.fleet.instances(REGION)[0]?.id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(existsSync(join(data, 'owner.json'))).toBe(false);
  });

  it('goes on from a backup: nothing is lost, and what it had announced since is labelled', async () => {
    const backup = join(folder, 'backup');
    const restored = join(folder, 'restored');
    await backUp(data, backup, Date.now());
    const since = releaseOne();
    await until(boxOn(data), () => unlabelled('slack', since) === 1);

    await restore(backup, restored, { id: 'restore-1', nowMs: Date.now() });
    const later = releaseOne();
    await until(boxOn(restored), () => accepted('slack', later).length > 0);

    expect(
      releasesOf(await journalIn(restored))
        .slice(-2)
        .sort(),
    ).toEqual([since, later].sort());
    expect(accepted('slack', since).length).toBe(2);
    expect(unlabelled('slack', since)).toBe(1);
    for (const id of released.slice(0, -2)) expect(unlabelled('slack', id)).toBeLessThan(2);
  });

  /** A box whose clock is ahead of that of every box before. */
  function boxOn(directory: string, port = '0'): Running {
    shiftMs += SHIFT_MS;
    writeFileSync(shiftFile, String(shiftMs));
    const args = [codeDir, String(PERIOD_MS), '--real', '--port', port, '--data', directory];
    const running = runFile(join('test', 'helpers', 'box-process.ts'), args, [], environment);
    started.push(running);
    return running;
  }

  /** Lets a box run until this is so, and then ends it. */
  async function until({ child, finished }: Running, isSo: () => boolean): Promise<void> {
    let ended: string | undefined;
    void finished.then(({ stderr, stdout }) => {
      ended = stderr + stdout;
    });
    for (let waitedMs = 0; !isSo(); waitedMs += POLL_MS) {
      if (ended !== undefined || waitedMs > PATIENCE_MS) throw new Error(`it never was: ${ended}`);
      await sleep(POLL_MS);
    }
    child.kill('SIGTERM');
    await finished;
  }

  /** The release of a stopped instance is no bad news, and would be held back. */
  function releaseOne(): string {
    const instances = cloud.ecs.fleet.instances(REGION);
    const id = instances.find(({ status }) => status === 'Running')?.id ?? '';
    cloud.ecs.fleet.release([id]);
    released.push(id);
    return id;
  }

  function accepted(channel: 'slack' | 'webhook', text: string): readonly string[] {
    return cloud.channels.inbox
      .list(channel)
      .filter((message) => message.accepted && message.body.includes(text))
      .map(({ body }) => body);
  }

  function unlabelled(channel: 'slack', id: string): number {
    return accepted(channel, id).filter((body) => !body.includes('possible repeat')).length;
  }

  function eventsAbout(text: string): readonly string[] {
    return accepted('webhook', text);
  }

  /** `EVENT/INSTANCE` of all changes; a repeated event has the same id. */
  function changesOfEvents(): readonly string[] {
    return eventsAbout('ecs-watch.changes').flatMap((body) => {
      const { data: event } = JSON.parse(body) as { data: { changes: { id: string }[] } };
      return event.changes.map(({ id }) => id);
    });
  }

  async function journalIn(directory: string): Promise<readonly Commit[]> {
    const { journal, close } = await openToRead(environment, directory, 'the test');
    try {
      return await commitsPast(journal, aScope(REGION), 0);
    } finally {
      await close();
    }
  }

  /** In the order of the journal, whose chain is checked. */
  function releasesOf(commits: readonly Commit[]): readonly string[] {
    fold(EMPTY_SNAPSHOT, commits);
    const changes = commits.flatMap((commit) => commit.changes);
    return changes.filter(({ to }) => to === null).map(({ instanceId }) => instanceId);
  }
});

/** The bundle, by a clock that is ahead by as much as this file says. */
function shifted(bundle: string, shiftFile: string): string {
  return `const now = Date.now;
const shiftMs = Number(require('node:fs').readFileSync(${JSON.stringify(shiftFile)}, 'utf8'));
Date.now = () => now() + shiftMs;
module.exports = require(${JSON.stringify(bundle)});
`;
}

function lineOf({ child }: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (chunk: string) => {
      printed += chunk;
      if (printed.includes('\n')) resolve(printed.split('\n')[0] ?? '');
    });
    child.once('close', () => reject(new Error(`it ended: ${printed}`)));
  });
}
