import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleFunctions } from '../../commands/bundle.ts';
import { watchHandler } from '../../functions/watch/index.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { runBundle } from '../helpers/processes.ts';
import { roundsOf } from '../helpers/rounds.ts';

/** Longer than a lease or a claim of a dead run is valid. */
const LATER_MS = 20_000;
/** More requests to Tablestore than a tick makes: the loop must end. */
const MAX_REQUESTS = 60;
/** `npm run soak`: killed at every request. */
const STEP = roundsOf('KILLED_REQUESTS', 0) > 0 ? 1 : 3;
const CHANNELS = ['slack', 'webhook'] as const;

/**
 * The built watch function in a process of its own, killed with SIGKILL while its nth request to
 * Tablestore is under way, for n from the first to the last of a tick with a change; then run once more, by a
 * clock that is a little ahead, so that the lease and the claims of the dead run have expired.
 */
describe('a run that is killed', () => {
  let outDir: string;
  let cloud: LocalCloud;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'ecs-watch-'));
    await bundleFunctions(outDir, ['watch']);
    cloud = await startLocalCloud({ fleetSize: 200 });
    environment = {
      ...cloud.environment,
      // Twenty messages a minute would mute the robots, and this test is quicker than that.
      DINGTALK_WEBHOOK: '',
      DINGTALK_SECRET: '',
      FEISHU_WEBHOOK: '',
      FEISHU_SECRET: '',
      WECOM_WEBHOOK: '',
      TEAMS_WEBHOOK: '',
      PAGERDUTY_ROUTING_KEY: '',
      PAGERDUTY_URL: '',
      HTTP_URL: '',
      ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
    };
    await runLater();
  });
  afterAll(async () => {
    await cloud.close();
    await rm(outDir, { recursive: true, force: true });
  });

  it('loses no change and announces each once, wherever it was killed', async () => {
    const released: string[] = [];
    let killed = 0;
    for (let request = 1; request <= MAX_REQUESTS; request += STEP) {
      const id = oneRunning();
      cloud.ecs.fleet.release([id]);
      released.push(id);

      const wasKilled = await runAndKillAt(request);
      await runLater();
      if (!wasKilled) break;
      killed += 1;
    }
    for (let round = 0; round < 10 && (await backlogAfterRun()) > 0; round += 1) await sleep(500);

    // Lease, head, tail, channels, commit, claims, settlements: a tick with a change has many.
    expect(killed * STEP).toBeGreaterThan(8);
    expect(killed).toBeLessThan(MAX_REQUESTS);
    const snapshot = fold(EMPTY_SNAPSHOT, await readJournal({ cloud }));
    expect(snapshot.instances.size).toBe(200 - released.length);
    expect(eventsOf(cloud)).toEqual(released);
    const toSlack = cloud.channels.inbox.list('slack').filter(({ accepted }) => accepted);
    for (const id of released) {
      const messages = toSlack.filter(({ body }) => body.includes(id));
      const unlabelled = messages.filter(({ body }) => !body.includes('(possible repeat)'));
      expect(messages.length).toBeGreaterThan(0);
      expect(unlabelled.length).toBeLessThan(2);
    }
  }, 180_000);

  it('labels a message as a possible repeat when it was killed before the answer', async () => {
    const id = oneRunning();
    cloud.ecs.fleet.release([id]);
    // The receivers accept the message, but the signal comes before their answers.
    for (const channel of CHANNELS)
      cloud.channels.setFaults(channel, [{ kind: 'latency', latencyMs: 60_000, times: 1 }]);
    const { child, finished } = runBundle(join(outDir, 'watch'), environment);
    const messages = (channel: (typeof CHANNELS)[number]) =>
      cloud.channels.inbox.list(channel).filter(({ body }) => body.includes(id));
    while (CHANNELS.some((channel) => messages(channel).length === 0)) await sleep(2);
    child.kill('SIGKILL');
    await finished;

    await runLater();

    const [first, second, ...more] = messages('slack').map(({ body }) => body);
    expect(first).not.toContain('(possible repeat)');
    expect(second).toContain('(possible repeat)');
    expect(more).toEqual([]);
    const events = messages('webhook').map(({ body }) => JSON.parse(body));
    expect(events.map(({ data }) => data.possibleRepeat)).toEqual([undefined, true]);
    expect(events[1].id).toBe(events[0].id);
  }, 60_000);

  /** The release of a stopped instance is no bad news, and would be held back. */
  function oneRunning(): string {
    const instances = cloud.ecs.fleet.instances('cn-hangzhou');
    return instances.find(({ status }) => status === 'Running')?.id ?? '';
  }

  /** True when the run was killed; false when it had ended before its nth request. */
  async function runAndKillAt(nth: number): Promise<boolean> {
    // Requests are held for a moment, so that the signal comes before the answer.
    cloud.tablestore.setFaults([{ kind: 'latency', latencyMs: 30 }]);
    const before = requestsOf(cloud);
    const { child, finished } = runBundle(join(outDir, 'watch'), environment);
    let hasEnded = false;
    void finished.then(() => {
      hasEnded = true;
    });
    while (!hasEnded && requestsOf(cloud) - before < nth) await sleep(2);
    const wasKilled = !hasEnded && child.kill('SIGKILL');
    await finished;
    cloud.tablestore.setFaults([]);
    return wasKilled;
  }

  async function runLater(): Promise<WatchReport> {
    const runtime = { ...SYSTEM_RUNTIME, now: () => Date.now() + LATER_MS };
    const later = watchHandler(environment, () => undefined, runtime);
    const report = await later(Buffer.from('{}'), { credentials: LOCAL_KEYS });
    expect(report.scopes).toMatchObject([{ ok: true }]);
    return report;
  }

  async function backlogAfterRun(): Promise<number> {
    const { channels } = await runLater();
    return channels.reduce((sum, { backlog }) => sum + backlog, 0);
  }
});

function requestsOf({ tablestore }: LocalCloud): number {
  return Object.values(tablestore.usage.requests).reduce((sum, count) => sum + count, 0);
}

/** The instances of all events that the generic webhook accepted; a repeated event counts once. */
function eventsOf({ channels }: LocalCloud): readonly string[] {
  const accepted = channels.inbox.list('webhook').filter(({ accepted: isIn }) => isIn);
  const events = accepted.map(({ body }) => JSON.parse(body));
  const byId = new Map(events.map((event) => [event.id, event.data.changes ?? []]));
  return [...byId.values()].flat().map((change: { instanceId: string }) => change.instanceId);
}
