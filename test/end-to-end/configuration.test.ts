import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '../../local/index.ts';
import { runCommand } from '../helpers/processes.ts';

const ALL_WRONG = {
  WATCH_REGIONS: 'Hangzhou!',
  WATCH_ZONE: 'cn shanghai',
  TABLESTORE_INSTANCE: 'x',
  ECS_ENDPOINT: 'not an address',
  ECS_CALLS_PER_MINUTE: '-5',
  DINGTALK_WEBHOOK: 'http://evil.example/robot/send?access_token=dingtalk-token-value-1',
  SLACK_WEBHOOK: 'hooks.slack.com/services/slack-token-value-2',
  WEBHOOK_SECRET: 'generic-secret-value-3',
  WEBHOOK_ALLOW_PRIVATE: 'perhaps',
  WATCH_TIMEOUT_SECONDS: 'soon',
  HEARTBEAT_URL: 'ftp://nowhere/heartbeat-token-value-4',
  FEISHU_WEBHOOK: 'https://open.feishu.example/open-apis/bot/v2/hook/feishu-token-value-5',
  WECOM_WEBHOOK: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?token=wecom-token-value-6',
  TEAMS_WEBHOOK: 'https://teams.example/value-7',
};

const UNKNOWN_REGION =
  /^InvalidRegionId\.NotFound: the region mars-1 does not exist: check WATCH_REGIONS, or regions/u;

describe('npm run watch -- --once', () => {
  it('names every missing and malformed variable at once, starts nothing and exits with 2', async () => {
    const { code, stdout, stderr } = await runCommand('watch', ['--once'], ALL_WRONG).finished;

    expect(code).toBe(2);
    expect(stdout).toBe('');
    const wrong = [...Object.keys(ALL_WRONG), 'TABLESTORE_ENDPOINT'];
    for (const name of wrong) expect(stderr).toContain(`- ${name}`);
    for (const secret of [1, 2, 3, 4, 5, 6, 7].map((number) => `value-${number}`)) {
      expect(stderr).not.toContain(secret);
    }
  });

  it('names every mistake in the file of accounts as well', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-configuration-'));
    const path = join(folder, 'watch.yaml');
    writeFileSync(path, 'accounts:\n  - alias: a b\n    rolArn: x\n    regions: [cn-hangzhuo]\n');
    const environment = { ...ALL_WRONG, WATCH_CONFIG: path };
    const run = (command: string, ...args: readonly string[]) =>
      runCommand(command, args, environment).finished;
    const [watch, ...others] = await Promise.all([
      run('watch', '--once'),
      run('doctor'),
      run('build'),
      run('start', '--port', '0'),
    ]);
    rmSync(folder, { recursive: true });

    for (const { code, stdout, stderr } of [watch, ...others]) {
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`- ${path}:2:12 accounts[0].alias is not an alias`);
      expect(stderr).toContain(`- ${path}:3:5 accounts[0].rolArn is no setting`);
      expect(stderr).toContain(`- ${path}:4:15 accounts[0].regions[0] is not a known region`);
    }
    expect(watch.stderr).toContain('- TABLESTORE_ENDPOINT');
    expect(watch.stderr).toMatch(/- No credentials: set ALIBABA_CLOUD_ACCESS_KEY_ID .* in \.env/u);
    expect(watch.stderr.trimEnd().split('\n').at(-1)).toContain('npm run configure');
  });

  it('goes on with the others where a role or a region does not exist, and the doctor names both', async () => {
    const cloud = await startLocalCloud({ fleetSize: 3 });
    const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-configuration-'));
    const path = join(folder, 'watch.yaml');
    const factory = { alias: 'factory', roleArn: 'acs:ram::1234567890123456:role/gone' };
    const accounts = [{ ...factory, regions: ['cn-hangzhou', 'cn-shanghai'] }];
    writeFileSync(path, JSON.stringify({ accounts }));
    try {
      const environment = {
        ...cloud.environment,
        WATCH_REGIONS: 'cn-hangzhou,mars-1',
        WATCH_CONFIG: path,
        ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIlocalcloud0000000000',
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret-of-the-local-cloud-00000',
      };

      const watch = await runCommand('watch', ['--once'], environment).finished;
      const doctor = await runCommand('doctor', [], environment).finished;

      expect([watch.code, doctor.code]).toEqual([1, 1]);
      const { scopes } = JSON.parse(watch.stdout);
      const role = expect.stringMatching(
        /^EntityNotExist\.Role: the role does not exist: create it/u,
      );
      expect(scopes).toMatchObject([
        { scope: 'main/cn-hangzhou', ok: true, instances: 3 },
        // Neither is tried again.
        { scope: 'main/mars-1', ok: false, calls: 1, error: expect.stringMatching(UNKNOWN_REGION) },
        { scope: 'factory/cn-hangzhou', ok: false, calls: 1, error: role },
        { scope: 'factory/cn-shanghai', ok: false, calls: 1, error: role },
      ]);
      expect(cloud.sts.calls).toBe(2);
      const beforeScopes = doctor.stdout.split('\n\nmain/cn-hangzhou\n')[0]?.split('\n\n');
      expect(beforeScopes).toEqual([
        expect.stringMatching(
          /^PROBLEM: ECS cannot be read for factory\/\*: EntityNotExist\.Role: /u,
        ),
        expect.stringContaining('PROBLEM: ECS cannot be read for main/mars-1: InvalidRegionId.'),
        expect.stringContaining('PROBLEM: The region mars-1 does not exist for this account'),
        expect.stringMatching(/^key: of account .*\necs: answers for 1 scope\n/u),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
      await cloud.close();
    }
  });

  it('prints its usage', async () => {
    const { code, stderr } = await runCommand('watch', [], {}).finished;

    expect(code).toBe(2);
    expect(stderr).toMatch(/^--once is missing.*Usage: npm run watch/su);
  });

  it('prints its report as one JSON line, logs to standard error, and exits with 0 or 1', async () => {
    const cloud = await startLocalCloud({ fleetSize: 3 });
    try {
      const environment = {
        ...cloud.environment,
        ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIlocalcloud0000000000',
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret-of-the-local-cloud-00000',
      };

      const good = await runCommand('watch', ['--once'], environment).finished;
      cloud.ecs.setFaults([{ kind: 'denied' }]);
      const bad = await runCommand('watch', ['--once'], {
        ...environment,
        HTTPS_PROXY: 'http://127.0.0.1:1',
        VIEW_TOKEN: 'short',
      }).finished;

      expect(good.code).toBe(0);
      expect(JSON.parse(good.stdout)).toMatchObject({ ok: true, scopes: [{ instances: 3 }] });
      expect(good.stdout.trim().split('\n')).toHaveLength(1);
      // The report is said once.
      expect(good.stderr).toBe('');
      expect(bad.code).toBe(1);
      expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false });
      expect(bad.stderr).toMatch(
        /^PROBLEM: VIEW_TOKEN is not at least 16 .*\nnote: HTTPS_PROXY is set and not used: .*\n$/su,
      );
    } finally {
      await cloud.close();
    }
  });
});
