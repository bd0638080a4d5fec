import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../local/clock.ts';
import { type FunctionCompute, startFunctionCompute } from '../../local/fc/index.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { lockFolder } from '../../local/tablestore/index.ts';
import { TYPESCRIPT } from '../helpers/processes.ts';
import { openServerlessDevs, type Run, type ServerlessDevs } from './serverless-devs.ts';

// Every run builds both functions, and the CLI builds them once more.
jest.setTimeout(120_000);

/** As `npm run` starts a command. */
const AS_NPM = [join('commands', 'run.mjs')];
/** In half the time, and with the same variables of `.env`. */
const LIGHT = [...TYPESCRIPT, require.resolve('./light-command.cjs')];

/** The commands of the README, on a cloud that begins as an account with nothing in it. */
describe('npm run configure, setup, deploy and remove', () => {
  let cloud: LocalCloud;
  let compute: FunctionCompute;
  let s: ServerlessDevs;
  const lines: string[] = [];
  beforeAll(async () => {
    cloud = await startLocalCloud({ fleetSize: 3, isEmpty: true });
    compute = await startFunctionCompute({
      platform: {
        credentials: {},
        region: 'cn-hangzhou',
        clock: systemClock,
        onLog: ({ text }) => lines.push(text),
      },
      accessKeys: [LOCAL_KEYS],
      credentialsOf(arn) {
        const role = cloud.sts.directory.role(arn);
        if (role === undefined) return {};
        const { key } = cloud.sts.directory.issue(role, 36 * 3_600);
        return { ...key, securityToken: key.securityToken ?? '' };
      },
    });
    s = await openServerlessDevs();
  });
  afterAll(async () => {
    await s.close();
    await compute.close();
    await cloud.close();
  });

  it('lead from nothing to the first message', async () => {
    const configured = await run(['configure', '--yes', ...answers()], {}, AS_NPM);
    const setup = await run(['setup', '--prove'], {}, AS_NPM);
    const first = await run(['deploy'], {}, AS_NPM);

    expect([configured.output, configured.code]).toEqual([
      expect.stringContaining('Next: npm run setup, then npm run deploy.'),
      0,
    ]);
    expect([setup.output, setup.code]).toEqual([expect.stringContaining('proved'), 0]);
    expect([first.output, first.code]).toEqual([expect.stringContaining('A tick'), 0]);
    expect(first.output).toContain('ecs-watch-watch: new');
    expect(first.output).toMatch(/main\/cn-hangzhou +3 instances/u);
    const { token } = /VIEW_TOKEN=(?<token>\S+)/u.exec(await readDotEnv())?.groups ?? {};
    expect(first.output).not.toContain(token);
    const notices = cloud.channels.inbox.list().map(({ channel }) => channel);
    expect(new Set(notices).size).toBeGreaterThan(3);
    const [, address = ''] = /The view: (\S+)/u.exec(first.output) ?? [];
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${address}/instances`, { headers });
    expect(await answer.json()).toMatchObject({ total: 3 });
  });

  it('change nothing the second time, and say so', async () => {
    const before = cloud.channels.inbox.list().length;

    const again = await run(['deploy']);
    const end = await run(['teardown', '--dry-run']);

    expect(end.output).toContain(
      'Still deployed: ecs-watch-watch, ecs-watch-scan, ecs-watch-view. Without what is removed here',
    );
    expect([again.output, again.code]).toEqual([
      expect.stringContaining('Everything is deployed as it should be'),
      0,
    ]);
    expect(await s.takeDeployed()).toHaveLength(3);
    expect(cloud.channels.inbox.list()).toHaveLength(before);
  });

  it('take no channel away that was deployed, unless that is meant', async () => {
    const without = { SLACK_WEBHOOK: '', SLACK_WEBHOK: 'x' };

    const refused = await run(['deploy'], without);
    const shown = await run(['deploy', '--dry-run'], without);

    expect([refused.output, refused.code]).toEqual([
      expect.stringContaining('SLACK_WEBHOOK IS REMOVED'),
      1,
    ]);
    expect(refused.output).toContain('Nothing was deployed');
    expect(refused.output).toContain('SLACK_WEBHOK is no variable of ecs-watch');
    expect([shown.output, shown.code]).toEqual([
      expect.stringContaining('SLACK_WEBHOOK IS REMOVED'),
      0,
    ]);
    expect(await s.takeDeployed()).toEqual([]);
  });

  it('keep a second environment of the account apart, and remove only what is named', async () => {
    const other = { ECS_WATCH_ENV_FILE: 'test.env' };
    // What it does not have must not come from the `.env` of the first one.
    const without = (await readDotEnv()).replace(/^SLACK_WEBHOOK=.*\n/mu, '');
    await writeFile(join(s.project, 'test.env'), `${without}ECS_WATCH_NAME=ecs-watch-test\n`, {
      mode: 0o600,
    });
    const missing = await run(['deploy'], other);
    const setup = await run(['setup'], other);
    const first = configs('ecs-watch-');
    // An upgrade: something of the second one differs from what is deployed of it.
    const deployed = await run(['deploy'], { ...other, HEALTH_FAILED_SCANS: '5' });
    const variables = (await s.takeDeployed()).map(({ props }) => props.environmentVariables);
    const upgraded = configs('ecs-watch-test-');

    const removed = await run(['remove', '--yes'], {
      ...other,
      WATCH_REGIONS: '',
      TABLESTORE_INSTANCE: '',
    });

    // Its roles were not there yet: the tick says so, and the next deployment goes on.
    expect([missing.output, missing.code]).toEqual([expect.stringContaining('tick failed'), 1]);
    expect([setup.output, setup.code]).toEqual([expect.any(String), 0]);
    expect([deployed.output, deployed.code]).toEqual([
      expect.stringContaining('Everything went well'),
      0,
    ]);
    expect([...new Set(variables.map((values) => values.SLACK_WEBHOOK))]).toEqual(['', undefined]);
    expect(deployed.output).toContain('HEALTH_FAILED_SCANS is set');
    expect(upgraded.map(([, config]) => config.environmentVariables?.HEALTH_FAILED_SCANS)).toEqual([
      '5',
      '5',
      '5',
    ]);
    const untouched = first.filter(([name]) => !name.startsWith('ecs-watch-test-'));
    expect(configs('ecs-watch-')).toEqual(untouched);
    expect(untouched).toHaveLength(3);
    expect([removed.output, removed.code]).toEqual([
      expect.stringContaining(
        'Removed: ecs-watch-test-watch, ecs-watch-test-scan, ecs-watch-test-view',
      ),
      0,
    ]);
    expect([...compute.deployed.functions.keys()]).toEqual([
      'ecs-watch-watch',
      'ecs-watch-scan',
      'ecs-watch-view',
    ]);
  });

  it('touch no function of something else, and no bundle of another deployment', async () => {
    const { functions } = compute.deployed;
    const own = functions.get('ecs-watch-view');
    if (own === undefined) throw new Error('ecs-watch-view is not deployed');
    const functionName = 'billing-view';
    const config = { ...own.config, functionName, description: 'bills', environmentVariables: {} };
    functions.set(functionName, { ...own, config });
    const billing = { ECS_WATCH_NAME: 'billing' };

    const [removed, deployed] = await Promise.all([
      run(['remove', '--yes'], billing),
      run(['deploy', '--yes'], billing),
    ]);
    const held = await lockFolder(join(s.project, 'dist.lock'));
    const beside = await run(['deploy']);
    await held.release();

    for (const { output, code } of [removed, deployed]) {
      expect([output, code]).toEqual([
        expect.stringContaining(
          'ECS_WATCH_NAME leads to the function billing-view, which is of something else (its description: bills)',
        ),
        2,
      ]);
    }
    expect([beside.output, beside.code]).toEqual([
      expect.stringContaining('another npm run build or deploy runs there'),
      2,
    ]);
    expect(beside.output).not.toContain('onfigur');
    expect([...functions.keys()]).toEqual([
      'ecs-watch-watch',
      'ecs-watch-scan',
      'ecs-watch-view',
      functionName,
    ]);
    expect(functions.get(functionName)?.config).toBe(config);
    functions.delete(functionName);
  });

  /** The flags of configure that lead to the local cloud in place of the real one. */
  function answers(): readonly string[] {
    const { url } = cloud.sts;
    const values = {
      ...cloud.environment,
      ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
      FC_CLIENT_CUSTOM_ENDPOINT: compute.url,
      RAM_ENDPOINT: url,
      CMS_ENDPOINT: url,
      TABLESTORE_CONTROL_ENDPOINT: url,
      // The CLI would replace what follows a dollar sign.
      DINGTALK_KEYWORD: 'pa$HOME',
    };
    return Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  }

  /** The functions whose names begin so, as they are deployed. */
  function configs(prefix: string) {
    return [...compute.deployed.functions]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { config }]) => [name, structuredClone(config)] as const);
  }

  function readDotEnv(): Promise<string> {
    return readFile(join(s.project, '.env'), 'utf8');
  }

  function run(
    args: readonly string[],
    shell: Readonly<Record<string, string>> = {},
    program: readonly string[] = LIGHT,
  ): Promise<Run> {
    const env = { ...s.environment, ...shell };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [...program, ...args],
        { cwd: s.project, env, timeout: 100_000 },
        (_error, stdout, stderr) =>
          resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }
});
