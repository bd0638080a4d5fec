import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requiredShellVariables } from '../../../commands/deploy/core/template.ts';
import { openDeployment } from '../../../commands/deploy/deployment.ts';
import { readDeploySettings, readPlaceSettings } from '../../../commands/deploy/settings.ts';

const LEAST = {
  WATCH_REGIONS: 'cn-hangzhou',
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
  WATCH_SILENT: 'true',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecs-watch-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(content: unknown): string {
  const path = join(folder, 'watch.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('what a removal needs', () => {
  it('is where the functions are, and no more', () => {
    expect(readPlaceSettings({ ECS_WATCH_NAME: 'mine' })).toMatchObject({
      name: 'mine',
      region: 'cn-hangzhou',
    });
    expect(() => readPlaceSettings({ DEPLOY_REGION: 'cn-hangzou' })).toThrow(
      'DEPLOY_REGION is not a known region: is cn-hangzhou meant?',
    );
  });

  it('is not on a local cloud, whose keys must not go to the real one', async () => {
    const settings = readPlaceSettings({ STS_ENDPOINT: 'http://127.0.0.1:7805' });
    const keys = { accessKeyId: 'a', accessKeySecret: 'b' };

    await expect(openDeployment(settings, keys, [])).rejects.toThrow(
      /FC_CLIENT_CUSTOM_ENDPOINT is missing .*npm start runs the functions/u,
    );
  });

  it('has a stand-in for each variable without which Serverless Devs fills in nothing', () => {
    expect(requiredShellVariables(`\${env('A')} \${env('B', '')} \${env('C', 'x')}`)).toEqual([
      'A',
    ]);
  });
});

describe('the settings of a deployment', () => {
  it('take the file at WATCH_CONFIG, which the build will embed', () => {
    const accounts = [
      {
        alias: 'shop',
        roleArn: 'acs:ram::2234567890123456:role/ecs-watch-member',
        regions: ['cn-beijing'],
      },
    ];
    const { watch } = readDeploySettings({ ...LEAST, WATCH_CONFIG: fileOf({ accounts }) });

    expect(watch.targets.map(({ account }) => account)).toEqual(['main', 'shop']);
  });

  it('name every problem of both functions once', () => {
    const read = () =>
      readDeploySettings({
        ...LEAST,
        TABLESTORE_INSTANCE: '',
        VIEW_TOKEN: 'short',
        WATCH_CONFIG: fileOf({ accounts: 3 }),
        DEPLOY_REGION: 'hangzhou!',
        DEPLOY_LOG_STORE: 'logs',
      });

    let problems: readonly string[] = [];
    try {
      read();
    } catch (error) {
      ({ problems } = error as { readonly problems: readonly string[] });
    }
    expect(problems).toHaveLength(5);
    expect(problems.join('\n')).toMatch(
      /watch\.json.*TABLESTORE_INSTANCE.*VIEW_TOKEN.*DEPLOY_REGION.*DEPLOY_LOG_STORE/su,
    );
  });
});
