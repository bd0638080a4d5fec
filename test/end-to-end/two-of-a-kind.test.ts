import { openPorts } from '../../functions/watch/ports.ts';
import { type ChannelsServer, startChannels } from '../../local/channels/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import type { ConfiguredChannel } from '../../shared/channels/index.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import { listedScopes } from '../../shared/core/target.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watch } from '../../shared/watch/watch.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { serveView } from '../helpers/view.ts';

const TICK_MS = 50_000;

describe('two Slack channels with different names', () => {
  let product: Product;
  let second: ChannelsServer;
  let tick: () => Promise<WatchReport>;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 3 });
    second = await startChannels({ clock: product.clock });
    tick = tickWith([slackChannel('slack', product.cloud.channels), slackChannel('ops', second)]);
  });
  afterEach(async () => {
    await second.close();
    await product.close();
  });

  it('are both sent every message', async () => {
    const report = await tick();

    expect(report.channels).toMatchObject([
      { channel: 'slack', outcome: 'delivered', messages: 1, backlog: 0 },
      { channel: 'ops', outcome: 'delivered', messages: 1, backlog: 0 },
    ]);
    expect(received(second)).toEqual(received(product.cloud.channels));
  });

  it('have cursors and failures of their own: one that fails holds up only itself', async () => {
    await tick();
    second.setFaults('slack', [{ kind: 'answer', status: 500 }]);
    await stopInstance(0);
    const failed = await tick();
    await stopInstance(1);
    await tick();
    const { health, plain, page } = await inView();
    second.setFaults('slack', []);
    product.clock.advance(TICK_MS * 2);

    const caughtUp = await tick();

    expect(failed.channels).toMatchObject([
      { channel: 'slack', outcome: 'delivered', backlog: 0 },
      { channel: 'ops', outcome: 'retry', backlog: 1 },
    ]);
    expect(health).toMatchObject([
      { channel: 'ops', backlog: 2, failures: expect.any(Number), problem: 'HTTP 500' },
      { channel: 'slack', backlog: 0, failures: 0 },
    ]);
    // Neither of them holds the kinds, but both have their names.
    expect(plain).toMatch(/<strong>ops<\/strong>.*<strong>Slack<\/strong>/su);
    expect(page.includes('企业微信')).toBe(true);
    expect(caughtUp.channels).toMatchObject([
      { channel: 'slack', messages: 0, backlog: 0 },
      { channel: 'ops', messages: 1, changes: 2, backlog: 0 },
    ]);
    expect(received(product.cloud.channels)).toHaveLength(3);
    expect(received(second)).toHaveLength(2);
  });

  it('have budgets of their own: a limit of one does not slow the other', async () => {
    await tick();
    const headers = { 'retry-after': '1800' };
    second.setFaults('slack', [{ kind: 'answer', times: 1, status: 429, headers }]);
    await stopInstance(0);
    const limited = await tick();
    await stopInstance(1);

    const waiting = await tick();

    expect(limited.channels).toMatchObject([{ outcome: 'delivered' }, { outcome: 'throttled' }]);
    expect(waiting.channels).toMatchObject([
      { channel: 'slack', messages: 1, backlog: 0 },
      { channel: 'ops', messages: 0, backlog: 2 },
    ]);
    expect(received(second)).toHaveLength(1);
  });

  function tickWith(channels: readonly ConfiguredChannel[]): () => Promise<WatchReport> {
    const config = { ...parseWatchConfig(product.environment), channels };
    const { clock } = product;
    const sleep = async (ms: number): Promise<void> => clock.advance(ms);
    const runtime = { ...SYSTEM_RUNTIME, now: clock.now, sleep, random: () => 0 };
    const memory = newMemory();
    const sessions = newSessions();
    let ticks = 0;
    return async () => {
      ticks += 1;
      const startMs = clock.now();
      const deadlineMs = startMs + TICK_MS;
      const redact = redactor(config.secrets);
      const ports = openPorts(config, {
        credentials: LOCAL_KEYS,
        sessions,
        runtime,
        redact,
        deadlineMs,
      });
      const report = await watch(ports, {
        ...config,
        scopes: listedScopes(config.targets),
        tickId: `tick-${ticks}`,
        startMs,
        deadlineMs,
        memory,
      });
      clock.advance(TICK_MS);
      return report;
    };
  }

  async function stopInstance(index: number): Promise<void> {
    const instance = product.cloud.ecs.fleet.instances('cn-hangzhou')[index];
    await product.stopInstances([instance?.id ?? '']);
  }

  async function inView(): Promise<{ health: unknown; plain: string; page: string }> {
    const view = await serveView(product, { VIEW_PUBLIC: 'true' });
    const textOf = async (path: string): Promise<string> => {
      const headers = { accept: 'text/html', 'accept-language': 'zh-CN' };
      return (await fetch(`${view.url}${path}`, { headers })).text();
    };
    try {
      const { channels } = (await (await fetch(`${view.url}/healthz`)).json()) as {
        channels: unknown;
      };
      return { health: channels, plain: await textOf('/plain'), page: await textOf('/') };
    } finally {
      await view.close();
    }
  }
});

function slackChannel(name: string, { slack }: ChannelsServer): ConfiguredChannel {
  return { name, kind: 'slack', settings: { ...slack } };
}

/** The texts that a Slack hook has accepted, oldest first. */
function received({ inbox }: ChannelsServer): readonly string[] {
  return inbox.list('slack').flatMap(({ accepted, text }) => (accepted ? [text] : []));
}
