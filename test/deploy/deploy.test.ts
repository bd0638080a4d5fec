import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { overlayOf } from '../../commands/deploy/core/overlay.ts';
import { systemClock } from '../../local/clock.ts';
import {
  type FunctionOptions,
  type FunctionRuntime,
  startFunction,
  startHttpTrigger,
  startInvokeApi,
} from '../../local/fc/index.ts';
import { parseSchedule } from '../../local/fc/schedule.ts';
import { LOCAL_ROLE_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import type { LocalServer } from '../../local/server.ts';
import { SHARDS_AT_ONCE } from '../../shared/watch/core/shards.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { actionsAllowedBy } from './policies.ts';
import {
  type FunctionProps,
  openServerlessDevs,
  type Run,
  type ServerlessDevs,
} from './serverless-devs.ts';
import {
  OF_THE_DEPLOYMENT,
  OF_THE_PROCESS,
  variablesOfView,
  variablesOfWatch,
} from './variables.ts';

// Every run of the CLI loads eight megabytes of code, and others may be using the machine.
jest.setTimeout(60_000);

const TOKEN = 'token-of-the-view';

/** The real CLI runs the real build and hands the result to a component that writes it down. */
describe('s deploy -y', () => {
  let cloud: LocalCloud;
  let invokeApi: LocalServer;
  const functions = new Map<string, FunctionRuntime>();
  /** The path of each invocation by the API. */
  const invoked: string[] = [];
  let s: ServerlessDevs;
  /** What is set where `s` runs: all that the local cloud wants, and the token. */
  let shell: Readonly<Record<string, string>>;
  let run: Run;
  let watch: FunctionProps;
  let scan: FunctionProps;
  let view: FunctionProps;
  let bundles: Readonly<Record<string, string>>;

  beforeAll(async () => {
    cloud = await startLocalCloud({ fleetSize: 3, regions: ['cn-hangzhou', 'cn-beijing'] });
    invokeApi = await startInvokeApi({
      find: (name) => functions.get(name),
      onInvocation: (path) => invoked.push(path),
      accessKeys: [LOCAL_ROLE_KEYS],
    });
    const sharded = { SHARD_ABOVE_SCOPES: '1', FUNCTIONS_ENDPOINT: invokeApi.url };
    shell = { ...cloud.environment, ...sharded, VIEW_TOKEN: TOKEN };
    s = await openServerlessDevs();
    run = await s.run(['deploy', '-y'], shell);
    ({ watch, scan, view } = await takeDeployed());
    bundles = await digestsIn(join(s.project, 'dist'));
  });
  afterAll(async () => {
    await s.close();
    await invokeApi.close();
    await cloud.close();
  });

  async function takeDeployed(): Promise<
    Readonly<Record<'watch' | 'scan' | 'view', FunctionProps>>
  > {
    const deployed = await s.takeDeployed();
    const propsOf = (name: string): FunctionProps => {
      const [found, ...others] = deployed.filter(({ resource }) => resource === name);
      if (found === undefined || others.length > 0) throw new Error(`${name}:\n${run.output}`);
      return found.props;
    };
    return { watch: propsOf('watch'), scan: propsOf('scan'), view: propsOf('view') };
  }

  it('says that it succeeded', () => {
    expect(run.code).toBe(0);
  });

  it('has a tick every minute, never two at a time, and drops one that came too late', () => {
    const [trigger, ...others] = watch.triggers;
    const schedule = parseSchedule(trigger?.triggerConfig.cronExpression ?? '', 0);

    expect(trigger?.triggerType).toBe('timer');
    expect(others).toEqual([]);
    expect([schedule.next(0), schedule.next(60_000)]).toEqual([60_000, 120_000]);
    expect(watch.timeout).toBeLessThan(60);
    expect(watch.concurrencyConfig).toEqual({ reservedConcurrency: 1 });
    expect(watch.asyncInvokeConfig).toEqual({
      qualifier: 'LATEST',
      maxAsyncRetryAttempts: 0,
      maxAsyncEventAgeInSeconds: 60,
    });
  });

  it('has no more than ten instances of the view, however many callers there are', () => {
    expect(view.concurrencyConfig).toEqual({ reservedConcurrency: 10 });
  });

  it('gives each function the role that has its policy', () => {
    expect([watch.role, scan.role, view.role]).toEqual([
      'ecs-watch-writer',
      'ecs-watch-writer',
      'ecs-watch-reader',
    ]);
  });

  it('has scan as watch is, but for what invokes it and how often at once', () => {
    const { triggers: _, ...ofWatch } = watch;

    expect(scan).toEqual({
      ...ofWatch,
      functionName: 'ecs-watch-scan',
      handler: 'index.scan',
      concurrencyConfig: { reservedConcurrency: SHARDS_AT_ONCE },
    });
  });

  it('gives watch every variable that it can be configured with, as the shell has it', () => {
    const expected = variablesOfWatch().map((name) => [name, shell[name] ?? '']);

    expect(watch.environmentVariables).toEqual({
      ...OF_THE_PROCESS,
      ...OF_THE_DEPLOYMENT,
      ...Object.fromEntries(expected),
    });
  });

  it('gives view the variables that it can be configured with, and so no secret of a channel', () => {
    const expected = variablesOfView().map((name) => [name, shell[name] ?? '']);

    expect(view.environmentVariables).toEqual({
      ...OF_THE_PROCESS,
      ...Object.fromEntries(expected),
    });
  });

  describe('uploads what runs on the local cloud:', () => {
    const lines: string[] = [];
    const started: FunctionRuntime[] = [];
    let report: WatchReport;
    beforeAll(async () => {
      functions.set(scan.functionName, start(scan));
      const result = await start(watch).invoke(Buffer.from('{"triggerName":"every-minute"}'));
      if (result.kind !== 'returned') throw new Error(`${result.kind}: ${lines.join('\n')}`);
      report = JSON.parse(result.body.toString());
    });
    afterAll(() => Promise.all(started.map((runtime) => runtime.close())));

    it('watch and scan, whose first tick is a good one', () => {
      const scanned = { instances: 3, complete: true, seq: 1 };
      expect(report).toMatchObject({ ok: true, scopes: [scanned, scanned] });
      // The scopes were read in the process of another function.
      expect(lines.filter((line) => line.includes('"text":"shard"'))).toHaveLength(1);
      const outcomes = new Set(report.channels.map(({ outcome }) => outcome));
      expect(outcomes).toEqual(new Set(['delivered']));
    });

    it('watch and scan, also as functions of a service of FC 2.0', async () => {
      const before = lines.length;

      const result = await start(watch, { serviceName: 'ecs-watch' }).invoke(Buffer.from('{}'));

      const { ok } = JSON.parse(result.kind === 'returned' ? result.body.toString() : '{}');
      expect([ok, lines.slice(before).some((line) => line.includes('"text":"shard"'))]).toEqual([
        true,
        true,
      ]);
      expect(invoked).toEqual([
        '/2023-03-30/functions/ecs-watch-scan/invocations',
        '/2016-08-15/services/ecs-watch/functions/ecs-watch-scan/invocations',
      ]);
    });

    it('watch and scan, which ask for no more than their policy allows', () => {
      const requested = [
        ...Object.keys(cloud.ecs.usage.calls).map((name) => `ecs:${name}`),
        ...Object.keys(cloud.tablestore.usage.requests).map((name) => `ots:${name}`),
      ];

      expect(requested).toContain('ots:CreateTable');
      expect(actionsAllowedBy('ecs-watch-writer')).toEqual(expect.arrayContaining(requested));
    });

    it('view, which answers /healthz, and a request with the token', async () => {
      const before = cloud.tablestore.usage.requests;
      const [trigger] = view.triggers;
      const page = await startHttpTrigger({
        target: start(view),
        methods: trigger?.triggerConfig.methods ?? [],
      });

      const answers = await Promise.all([
        fetch(`${page.url}/healthz`),
        fetch(`${page.url}/`),
        fetch(`${page.url}/`, { headers: { authorization: `Bearer ${TOKEN}` } }),
      ]);

      await page.close();
      expect(answers.map(({ status }) => status)).toEqual([200, 401, 200]);
      const requested = Object.entries(cloud.tablestore.usage.requests)
        .filter(([name, count]) => count !== before[name])
        .map(([name]) => `ots:${name}`);
      expect(requested).not.toEqual([]);
      expect(actionsAllowedBy('ecs-watch-reader')).toEqual(expect.arrayContaining(requested));
    });

    /** The function as it was deployed: its own folder, limits and variables, and nothing else. */
    function start(props: FunctionProps, more: Partial<FunctionOptions> = {}): FunctionRuntime {
      const runtime = startFunction(
        {
          name: props.functionName,
          codeDir: join(s.project, props.code),
          handler: props.handler,
          timeoutSeconds: props.timeout,
          memoryMb: props.memorySize,
          environment: props.environmentVariables,
          ...props.concurrencyConfig,
          ...props.asyncInvokeConfig,
          ...more,
        },
        {
          credentials: LOCAL_ROLE_KEYS,
          region: props.region,
          clock: systemClock,
          onLog: ({ text }) => lines.push(text),
        },
      );
      started.push(runtime);
      return runtime;
    }
  });

  describe('once more, with what .env switches on and other variables', () => {
    /** Quotes, a colon, a hash and a backslash, which mean something in YAML. */
    const AWKWARD = `SEC'": #\\n`;
    const NUMERIC = '20261122';
    let again: Awaited<ReturnType<typeof takeDeployed>>;
    beforeAll(async () => {
      const overlay = overlayOf({
        DEPLOY_LOG_PROJECT: 'my-project',
        DEPLOY_DOMAIN: 'auto',
        WATCH_PUSH: 'true',
      });
      await writeFile(join(s.project, 's.deploy.yaml'), overlay ?? '');
      run = await s.run(['deploy', '-y', '-t', 's.deploy.yaml'], {
        ...shell,
        DEPLOY_REGION: 'eu-central-1',
        DINGTALK_SECRET: AWKWARD,
        VIEW_TOKEN: NUMERIC,
      });
      again = await takeDeployed();
    });

    it('adds the overlay to what was deployed before, and changes nothing else', () => {
      const changes = {
        region: 'eu-central-1',
        logConfig: expect.objectContaining({ project: 'my-project', logstore: 'ecs-watch' }),
      };
      const customDomain = { domainName: 'auto', protocol: 'HTTP', route: { path: '/*' } };

      expect(again.watch).toEqual({
        ...watch,
        ...changes,
        environmentVariables: { ...watch.environmentVariables, DINGTALK_SECRET: AWKWARD },
      });
      expect(again.view).toEqual({
        ...view,
        ...changes,
        customDomain,
        environmentVariables: { ...view.environmentVariables, VIEW_TOKEN: NUMERIC },
      });
    });

    it('builds the same bytes again, so that nothing is uploaded without need', async () => {
      expect(await digestsIn(join(s.project, 'dist'))).toEqual(bundles);
    });
  });

  it('deploys nothing when the build fails', async () => {
    await writeFile(join(s.project, 'functions', 'watch', 'index.ts'), 'export const = broken;');

    const { code, output } = await s.run(['deploy', '-y'], shell);

    expect(code).not.toBe(0);
    expect(output).toContain('functions/watch/index.ts');
    expect(await s.takeDeployed()).toEqual([]);
  });
});

async function digestsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const digests = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map(async (file) => [
      file,
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ]);
  return Object.fromEntries(await Promise.all(digests));
}
