import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { freePorts } from '../../commands/ports.ts';
import { createHandler } from '../../functions/view/index.ts';
import { startHttpTrigger } from '../../local/fc/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import type { LocalServer } from '../../local/server.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { functionOf } from '../helpers/function-of.ts';
import { type Running, runWith } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { roundsOf } from '../helpers/rounds.ts';

const ROOT = join(__dirname, '..', '..');
const RULES = join(ROOT, 'deploy', 'prometheus', 'rules.yaml');
const TOKEN = 'a-token-for-monitoring';
const FLEET = 5;
/** The first port that is tried for Prometheus itself. */
const PORT = 19_090;
const POLL_MS = 500;
const PATIENCE_MS = 45_000;

/** Only `npm run soak` asks for the programs of Debian's package `prometheus`. They must be there then. */
const describeWhenAsked = roundsOf('PROMETHEUS', 0) > 0 ? describe : describe.skip;

describeWhenAsked('the unmodified Prometheus', () => {
  let folder: string;
  let product: Product;
  let view: LocalServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-prometheus-'));
    // Prometheus has the clock of this machine, so the watcher has it as well.
    product = await startProduct({ fleetSize: FLEET }, Date.now());
    await product.tick();
    const environment = { ...product.environment, VIEW_TOKENS: `prometheus monitoring ${TOKEN}` };
    const handler = createHandler(environment, () => undefined, SYSTEM_RUNTIME);
    const context = { requestId: 'r-1', credentials: LOCAL_KEYS };
    view = await startHttpTrigger({ target: functionOf((event) => handler(event, context)) });
    await writeFile(join(folder, 'token'), TOKEN);
  });
  afterAll(async () => {
    await view.close();
    await product.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds nothing to improve in the metrics: promtool check metrics', async () => {
    const answer = await fetch(`${view.url}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const file = join(folder, 'metrics.txt');
    await writeFile(file, await answer.text());

    const { code, stdout, stderr } = await runWith(
      'sh',
      ['-c', `promtool check metrics < '${file}'`],
      {},
    ).finished;

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('takes the rules: promtool check rules', async () => {
    const { code, stdout } = await runWith('promtool', ['check', 'rules', RULES], {}).finished;

    expect([code, stdout]).toEqual([0, expect.stringContaining('SUCCESS: 11 rules found')]);
  });

  describe('that scrapes with the jobs of docs/metrics.md', () => {
    let prometheus: Running;
    let api: string;

    beforeAll(async () => {
      const config = join(folder, 'prometheus.yml');
      await writeFile(config, await configuration(view.url, join(folder, 'token')));
      const { first: port } = await freePorts(PORT, 1);
      api = `http://127.0.0.1:${port}/api/v1`;
      prometheus = runWith(
        'prometheus',
        [
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        {},
      );
    });
    afterAll(async () => {
      prometheus.child.kill('SIGTERM');
      await prometheus.finished;
    });

    it('has the metrics', async () => {
      const instances = await eventually(() => sampleOf('sum(ecs_watch_instances)'));
      const up = await sampleOf('up{job="ecs-watch"}');

      expect([instances, up]).toEqual([FLEET, 1]);
    });

    it('discovers every instance that runs, with its labels', async () => {
      const targets = await eventually(async () => {
        const { activeTargets } = await json('/targets');
        const found = activeTargets.filter(
          ({ scrapePool }: { readonly scrapePool: string }) => scrapePool === 'node',
        );
        return found.length > 0 ? found : undefined;
      });

      const ids = product.cloud.ecs.fleet
        .instances('cn-hangzhou')
        .filter(({ status }) => status === 'Running')
        .map(({ id }) => id);
      const labels = targets.map(
        (target: { readonly labels: { readonly instance_id: string } }) =>
          target.labels.instance_id,
      );
      expect([...labels].sort()).toEqual([...ids].sort());
      expect(targets[0]).toMatchObject({
        scrapeUrl: expect.stringMatching(/^http:\/\/[\d.]+:9100\/metrics$/u),
        discoveredLabels: { __meta_ecs_region: 'cn-hangzhou', __meta_ecs_status: 'Running' },
      });
    });

    it('understands every rule, none of which fires, and every query of the dashboard', async () => {
      const { groups } = await eventually(async () => {
        const answer = await json('/rules');
        const all = answer.groups.flatMap(
          ({ rules }: { readonly rules: readonly object[] }) => rules,
        );
        return all.every(({ health }: { readonly health: string }) => health === 'ok')
          ? { groups: all }
          : undefined;
      });
      expect(groups.filter(({ state }: { readonly state: string }) => state === 'firing')).toEqual(
        [],
      );

      const text = await readFile(join(ROOT, 'deploy', 'grafana', 'dashboard.json'), 'utf8');
      const queries: readonly string[] = JSON.parse(text).panels.flatMap(
        ({ targets }: { readonly targets: readonly { readonly expr: string }[] }) =>
          targets.map(({ expr }) => expr.replaceAll('$scope', '.*')),
      );
      for (const query of queries) {
        expect([query, (await ask(`/query?query=${encodeURIComponent(query)}`)).status]).toEqual([
          query,
          'success',
        ]);
      }
    });

    // biome-ignore lint/suspicious/noExplicitAny: answers are checked by the tests, not by the compiler.
    async function ask(path: string): Promise<any> {
      const answer = await fetch(`${api}${path}`);
      return answer.json();
    }

    async function json(path: string) {
      return (await ask(path)).data;
    }

    async function sampleOf(query: string): Promise<number | undefined> {
      const { result } = await json(`/query?query=${encodeURIComponent(query)}`);
      return result[0] === undefined ? undefined : Number(result[0].value[1]);
    }
  });
});

/** The jobs of the documents, for a view at this address and every second. */
async function configuration(url: string, tokenFile: string): Promise<string> {
  const document = await readFile(join(ROOT, 'docs', 'metrics.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n(.*?)```/su.exec(document) ?? [];
  const here = yaml
    .replaceAll('https://view.example.com', url)
    .replaceAll('view.example.com', new URL(url).host)
    .replaceAll('scheme: https', 'scheme: http')
    .replaceAll('1m', '1s')
    .replaceAll('/etc/prometheus/ecs-watch.token', tokenFile);
  const global = { scrape_interval: '1s', evaluation_interval: '1s' };
  return stringify({ global, rule_files: [RULES], ...parse(here) });
}

/** What comes in the end, while Prometheus starts and scrapes. */
async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
  const endMs = Date.now() + PATIENCE_MS;
  while (Date.now() < endMs) {
    const found = await read().catch(() => undefined);
    if (found !== undefined) return found;
    await sleep(POLL_MS);
  }
  throw new Error('Prometheus has not come to it in time');
}
