import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runServerlessDevs, type Task } from '../../../commands/deploy/serverless-devs.ts';
import { secretsOf } from '../../../commands/deploy/settings.ts';
import { redactor } from '../../../shared/lib/secrets.ts';

/** A stand-in for the CLI: a deployment with a template waits until it is ended, any other says what it sees. */
const CLI = `
const fs = require('node:fs');
let dotEnv = 'none';
try { dotEnv = fs.readFileSync('.env', { encoding: 'utf8' }); } catch {}
if (process.argv.includes('-t')) {
  fs.writeFileSync('begun', fs.readFileSync('s.deploy.yaml'));
  setInterval(() => {}, 1_000);
} else console.log(process.argv.slice(2).join(' '), dotEnv, fs.readFileSync('s.yaml', 'utf8'));
`;

describe('the CLI of Serverless Devs', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ecs-watch-cli-'));
    const folder = join(root, 'node_modules', '@serverless-devs', 's', 'bin');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 's'), CLI);
    writeFileSync(join(root, '.env'), 'SLACK_WEBHOOK=https://of-another-environment');
    writeFileSync(join(root, 's.yaml'), 'edition: 3.0.0');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function taskOf(overlay?: string): Task {
    return {
      root,
      command: 'deploy',
      environment: {},
      overlay,
      identity: { accountId: '1', arn: 'acs:ram::1:user/a' } as Task['identity'],
      credentials: { accessKeyId: 'a', accessKeySecret: 'b' },
    };
  }

  it('reads no .env of its own, and all else', async () => {
    const run = await runServerlessDevs(taskOf(), {
      uninterrupted: (_notice, work) => work(new AbortController().signal),
    });

    expect(run).toEqual({ code: 0, output: 'deploy -y none edition: 3.0.0\n' });
  });

  it('is ended by a signal, and leaves no private key behind', async () => {
    const interruption = new AbortController();
    const running = runServerlessDevs(taskOf('key: private'), {
      uninterrupted: (_notice, work) => work(interruption.signal),
    });
    const begun = join(root, 'begun');
    while (!existsSync(begun) || readFileSync(begun, 'utf8') === '') {
      await new Promise((resolve) => setImmediate(resolve));
    }

    interruption.abort();

    expect((await running).code).toBe(-1);
    expect(readFileSync(begun, 'utf8')).toBe('key: private');
    expect(existsSync(join(root, 's.deploy.yaml'))).toBe(false);
  });

  it('shows no secret in what it says, whatever lines it is broken into', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n';
    const environment = {
      DEPLOY_DOMAIN_KEY: key,
      SLACK_WEBHOOK: 'https://hooks.slack.com/services/T/B/Xyz123Token',
      VIEW_TOKENS: 'board:read:0123456789abcdef0123',
      WATCH_REGIONS: 'cn-hangzhou',
    };
    const shown = redactor(secretsOf(environment))(
      `cn-hangzhou\n  ${key.replaceAll('\n', '\n    ')} /services/T/B/Xyz123Token ${JSON.stringify(environment)}`,
    );

    expect(shown).not.toMatch(/MIIEv|hkiG9|Xyz123|0123456789abcdef/u);
    expect(shown).toContain('cn-hangzhou');
  });
});
