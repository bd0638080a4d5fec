import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { watchHandler } from '../../functions/watch/index.ts';
import { startEcs } from '../../local/ecs/index.ts';
import { LOCAL_KEYS, startLocalCloud } from '../../local/index.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { InventoryError } from '../../shared/ports/inventory.ts';
import { newBudget } from '../../shared/watch/budget.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { createPacer, MAX_CONCURRENCY } from '../../shared/watch/pacer.ts';
import { watch } from '../../shared/watch/watch.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const REGION = 'cn-hangzhou';
const STATUS_ONLY = ['DescribeInstanceStatus'];

describe('true', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 100 });
  });
  afterEach(() => product.close());

  it('an empty listing for three ticks releases nobody whom DescribeInstances still shows', async () => {
    await product.tick();
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);
    const changes = [];
    for (let round = 0; round < 4; round += 1)
      changes.push((await product.tick()).scopes[0]?.changes);
    expect(changes).toEqual([0, 0, 0, 0]);
  });

  it('an outage during the hold of a smaller release is not believed on its first scan', async () => {
    await product.tick();
    const { fleet } = product.cloud.ecs;
    fleet.release(
      fleet
        .instances(REGION)
        .slice(0, 30)
        .map(({ id }) => id),
    );
    await product.tick();
    await product.tick();
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);
    expect((await product.tick()).scopes[0]?.changes).toBe(0);
  });

  it('a first look without permission is no baseline of an empty fleet', async () => {
    product.cloud.ecs.setFaults([
      { kind: 'empty', operations: STATUS_ONLY },
      { kind: 'denied', operations: ['DescribeInstances'] },
    ]);
    expect((await product.tick()).ok).toBe(false);
  });

  it('instances of which some were released are not called back', async () => {
    await product.tick();
    product.cloud.ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);
    await product.tick();
    product.cloud.ecs.setFaults([]);
    const { fleet } = product.cloud.ecs;
    fleet.release(
      fleet
        .instances(REGION)
        .slice(0, 29)
        .map(({ id }) => id),
    );
    await product.tick();
    expect(product.received('dingtalk').at(-1)).not.toContain(
      'The 100 instances that vanished are back',
    );
  });
});

describe('not silent', () => {
  it('a channel that has been refusing for an hour keeps the heartbeat from being sent', async () => {
    const product = await startProduct({ fleetSize: 5 });
    try {
      await product.tick();
      const body = '{"errcode":300001,"errmsg":"token is not exist"}';
      product.cloud.channels.setFaults('dingtalk', [{ kind: 'answer', status: 200, body }]);
      const [first] = product.cloud.ecs.fleet.instances(REGION);
      product.cloud.ecs.fleet.release([first?.id ?? '']);
      const good = [];
      for (let minute = 0; minute < 60; minute += 1) good.push((await product.tick()).ok);
      expect(good.slice(10).filter((ok) => ok)).toEqual([]);
    } finally {
      await product.close();
    }
  });

  it('a webhook address with an ordinary word in its query does not break the tick', async () => {
    const product = await startProduct({ fleetSize: 3 });
    try {
      const tick = product.anotherWatch({
        WEBHOOK_URL: `${product.environment.WEBHOOK_URL}?wait=true`,
      });
      expect((await tick()).ok).toBe(true);
    } finally {
      await product.close();
    }
  });

  it('a name that a chat refuses does not silence the chat for ever', async () => {
    const product = await startProduct({ fleetSize: 10 });
    try {
      await product.tick();
      product.cloud.ecs.fleet.create(REGION, 1, () => ({ name: '敏感词' }));
      const body = '{"errcode":430104,"errmsg":"包含不合适的内容"}';
      product.cloud.channels.setFaults('dingtalk', [{ kind: 'answer', status: 200, body }]);
      await product.tick();
      await product.tick();
      const brief = product.cloud.channels.inbox.list('dingtalk').at(-1);
      expect(brief?.body).not.toContain('敏感词');
    } finally {
      await product.close();
    }
  });
});

describe('notices', () => {
  it('are told once when ticks die between their commit and their health', async () => {
    const ecs = await startEcs({ accessKeys: [LOCAL_KEYS], fleetSize: 20 });
    const runtime = virtualRuntime(NOW_MS);
    const journal = memoryJournal();
    const redact = (text: string) => text;
    const inventory = ecsInventory({
      credentials: LOCAL_KEYS,
      endpoint: ecs.url,
      runtime,
      redact,
    });
    const dying = { ...journal, saveHealth: async () => Promise.reject(new Error('killed')) };
    const run = async (tickId: string, own: typeof journal | typeof dying) => {
      const startMs = runtime.now();
      const tick = {
        tickId,
        scopes: [SCOPE],
        callsPerMinute: 1_000,
        guard: GUARD_LIMITS,
        startMs,
        deadlineMs: startMs + 57_000,
        memory: newMemory(),
      };
      await watch({ inventory, journal: own, channels: [], runtime }, tick);
      await runtime.sleep(MINUTE_MS);
    };
    try {
      await run('first', journal);
      ecs.setFaults([{ kind: 'empty', operations: STATUS_ONLY }]);
      for (let index = 0; index < 4; index += 1) await run(`dies-${index}`, dying);
      const kinds = (await journal.after(SCOPE, 1, 100)).map(({ notice }) => notice?.kind);
      expect(kinds).toEqual(['suspicious-scan']);
    } finally {
      await ecs.close();
    }
  });
});

describe('time', () => {
  it('a receiver that hangs does not carry the tick past its limit', async () => {
    const cloud = await startLocalCloud({ fleetSize: 5 });
    try {
      const environment = { ...cloud.environment, WATCH_TIMEOUT_SECONDS: '5' };
      const handler = watchHandler(environment, () => undefined);
      await handler(Buffer.from(''), { credentials: LOCAL_KEYS });
      cloud.channels.setFaults('webhook', [{ kind: 'latency', latencyMs: 15_000 }]);
      const [first] = cloud.ecs.fleet.instances(REGION);
      cloud.ecs.fleet.release([first?.id ?? '']);
      const report = await handler(Buffer.from(''), { credentials: LOCAL_KEYS });
      expect(report.ms).toBeLessThan(5_000);
    } finally {
      await cloud.close();
    }
  }, 30_000);

  it('making tables ends at the deadline when the answer breaks off', async () => {
    const { startTestJournal } = await import('../helpers/tablestore-journal.ts');
    const made = await startTestJournal();
    const notExist = `\u000a\u0011OTSObjectNotExist\u0012\u0002no`;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        if (request.url !== '/CreateTable') return response.writeHead(404).end(notExist);
        response.writeHead(200, { 'content-length': '1000' });
        return response.write('half', () => request.socket.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const journal = made.journal({ endpoint, deadlineMs: NOW_MS + 100 });
    const end = new Promise((resolve) => setTimeout(() => resolve('never'), 6_500));
    const result = await Promise.race([journal.head(SCOPE).catch(() => 'failed'), end]);
    server.closeAllConnections();
    server.close();
    await made.close();
    expect(result).toBe('failed');
  }, 20_000);

  it('requests that were throttled together halve the pace once', async () => {
    const runtime = virtualRuntime(0);
    const budget = newBudget(100_000, 0);
    const pacer = createPacer({ deadlineMs: 600_000, budget }, runtime);
    let sent = 0;
    let inFlight = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 40 }, () =>
        pacer.call(async () => {
          sent += 1;
          inFlight += 1;
          const isThrottled = sent <= MAX_CONCURRENCY;
          if (!isThrottled) most = Math.max(most, inFlight);
          await new Promise((resolve) => setImmediate(resolve));
          inFlight -= 1;
          if (isThrottled) throw new InventoryError('throttled', 'Throttling.User', 'no');
        }),
      ),
    );

    expect(pacer.throttles).toBe(MAX_CONCURRENCY);
    expect(most).toBeGreaterThanOrEqual(MAX_CONCURRENCY / 2);
  });

  it('requests go out side by side again after a throttle is over', async () => {
    let nowMs = 0;
    const timers: { atMs: number; go: () => void }[] = [];
    const sleep = (ms: number) =>
      new Promise<void>((go) => timers.push({ atMs: nowMs + ms, go }) as unknown as undefined);
    const runtime = { ...SYSTEM_RUNTIME, now: () => nowMs, random: () => 0, sleep };
    const pace = { deadlineMs: 600_000, budget: newBudget(100_000, 0) };
    const pacer = createPacer(pace, runtime);
    let calls = 0;
    let inFlight = 0;
    const seen: number[] = [];
    const all = Promise.all(
      Array.from({ length: 400 }, () =>
        pacer.call(async () => {
          calls += 1;
          inFlight += 1;
          seen.push(inFlight);
          const isThrottled = calls <= 8;
          await sleep(10);
          inFlight -= 1;
          if (isThrottled) {
            throw new InventoryError('throttled', 'Throttling.User', 'no', { retryAfterMs: 1_000 });
          }
        }),
      ),
    );
    let isDone = false;
    void all.then(() => {
      isDone = true;
    });
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = timers.sort((one, other) => one.atMs - other.atMs).shift();
      if (next === undefined) continue;
      nowMs = Math.max(nowMs, next.atMs);
      next.go();
    }
    expect(Math.max(...seen.slice(100))).toBeGreaterThan(1);
  });

  it('catching up reads each commit about once', async () => {
    const product = await startProduct({ fleetSize: 80 });
    try {
      await product.tick();
      product.cloud.channels.setFaults('webhook', [{ kind: 'answer', status: 502 }]);
      for (let minute = 0; minute < 60; minute += 1) {
        const [first] = product.cloud.ecs.fleet.instances(REGION);
        product.cloud.ecs.fleet.release([first?.id ?? '']);
        await product.tick();
      }
      product.cloud.channels.setFaults('webhook', []);
      product.clock.advance(60 * MINUTE_MS);
      const rows = () => product.cloud.tablestore.usage.tables.ecs_watch_journal?.rowsRead ?? 0;
      const before = rows();
      await product.tick();
      expect(rows() - before).toBeLessThan(200);
    } finally {
      await product.close();
    }
  }, 30_000);
});
