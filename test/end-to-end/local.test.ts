import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, runCommand, runShell } from '../helpers/processes.ts';

interface Addresses {
  readonly ecs: string;
  readonly tablestore: string;
  readonly instance: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly inbox: string;
  readonly control: string;
  readonly env: Readonly<Record<string, string>>;
}

const WATCH_FILE = `
accounts:
  - alias: shop
    roleArn: acs:ram::2234567890123456:role/ecs-watch-member
    externalId: \${env:SHOP_ID}
    regions: [cn-shanghai]
channels:
  - { name: payments, kind: slack, webhook: "\${env:PAYMENTS_WEBHOOK}" }
`;

describe('npm run local', () => {
  let data: string;
  const started: Running[] = [];
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'ecs-watch-data-'));
  });
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGTERM');
    await Promise.all(started.map(({ finished }) => finished));
    started.length = 0;
    await rm(data, { recursive: true, force: true });
  });

  function startLocal(...args: string[]): Promise<{ local: Running; at: Addresses }> {
    return startLocalWith({}, ['--port', '0', ...args]);
  }

  async function startLocalWith(
    environment: Readonly<Record<string, string>>,
    args: readonly string[],
  ): Promise<{ local: Running; at: Addresses }> {
    const local = runCommand('local', args, environment);
    started.push(local);
    const line = await new Promise<string>((resolve, reject) => {
      let printed = '';
      local.child.stdout?.on('data', (chunk: string) => {
        printed += chunk;
        if (printed.includes('\n')) resolve(printed.split('\n')[0] ?? '');
      });
      void local.finished.then(({ stderr }) => reject(new Error(stderr)));
    });
    return { local, at: JSON.parse(line) as Addresses };
  }

  const watchOnce = (env: Readonly<Record<string, string>>) =>
    runCommand('watch', ['--once'], env).finished;

  it('prints one line of JSON, from which another process can configure a watcher', async () => {
    const { at } = await startLocal('--fleet', '7');

    const { code, stdout } = await watchOnce({
      WATCH_REGIONS: 'cn-hangzhou',
      WATCH_SILENT: 'true',
      ECS_ENDPOINT: at.ecs,
      TABLESTORE_ENDPOINT: at.tablestore,
      TABLESTORE_INSTANCE: at.instance,
      ALIBABA_CLOUD_ACCESS_KEY_ID: at.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: at.accessKeySecret,
    });
    const inbox = await fetch(at.inbox, { headers: { accept: 'application/json' } });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scopes: [{ instances: 7, seq: 1 }], channels: [] });
    expect(await inbox.json()).toEqual({ messages: [] });
  });

  it('plays the file at WATCH_CONFIG, and prints all that a watcher with this file needs', async () => {
    const path = join(data, "team's.yaml");
    await writeFile(path, WATCH_FILE);
    const { local, at } = await startLocalWith(
      // A real address and secret: they are neither used nor printed.
      { WATCH_CONFIG: path, PAYMENTS_WEBHOOK: 'https://chat.example/real', SHOP_ID: 'real-id' },
      ['--port', '0', '--fleet', '3'],
    );

    const tick = await watchOnce(at.env);
    const doctor = await runCommand('doctor', [], at.env).finished;
    const inbox = await fetch(`${at.inbox}?format=json&channel=slack`).then((answer) =>
      answer.text(),
    );
    local.child.kill('SIGTERM');
    const { stdout, stderr } = await local.finished;

    expect(tick.code).toBe(0);
    expect(JSON.parse(tick.stdout)).toMatchObject({
      scopes: [{ scope: 'main/cn-hangzhou' }, { scope: 'shop/cn-shanghai', instances: 3 }],
      channels: expect.arrayContaining([
        expect.objectContaining({ channel: 'payments', outcome: 'delivered' }),
      ]),
      notes: [],
    });
    expect(doctor.stdout).toContain('Nothing is wrong.');
    expect(inbox).toContain('cn-shanghai');
    expect(inbox).toContain('"to":"payments"');
    expect(stdout + stderr).not.toContain('real');
    const file = join(data, 'cloud.env');
    await writeFile(file, `# Port 7801 is taken: listening from 7811 on.\n${stderr}`);
    const shell = await runShell(`. ${file} && printf %s "$WATCH_CONFIG $PAYMENTS_WEBHOOK"`)
      .finished;
    expect(shell).toEqual({
      code: 0,
      stdout: `${path} ${at.env.SLACK_WEBHOOK}?channel=payments`,
      stderr: '',
    });
  }, 60_000);

  it('says in a comment that its usual port is taken, so that a shell can read all it says', async () => {
    const taken = createServer()
      .listen(7801, '127.0.0.1')
      .on('error', () => undefined);
    const { local } = await startLocalWith({}, []);
    taken.close();

    local.child.kill('SIGTERM');
    const { stderr } = await local.finished;

    expect(stderr).toMatch(/^# Port 7801 is taken: .*\n(?:export \w+='.*'\n)+$/u);
  });

  it('keeps what was recorded in a directory through kill -9', async () => {
    const first = await startLocal('--fleet', '5', '--data', data);
    await watchOnce(first.at.env);
    first.local.child.kill('SIGKILL');
    await first.local.finished;

    // The same seed makes the same fleet, so the recorded baseline still fits.
    const second = await startLocal('--fleet', '5', '--data', data);
    const { stdout } = await watchOnce(second.at.env);

    expect(JSON.parse(stdout)).toMatchObject({ ok: true, scopes: [{ instances: 5, seq: 1 }] });
  });

  it('starts Tablestore alone with --only tablestore', async () => {
    const { at } = await startLocal('--only', 'tablestore', '--data', data);

    const answer = await fetch(`${at.tablestore}/ListTable`, { method: 'POST' });

    expect(Object.keys(at)).toEqual(['tablestore', 'instance', 'accessKeyId', 'accessKeySecret']);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('OTSParameterInvalid');
  });

  it('injects faults that are set over HTTP', async () => {
    const { at } = await startLocal('--fleet', '5');
    const put = (path: string, body: unknown) =>
      fetch(`${at.control}${path}`, { method: 'PUT', body: JSON.stringify(body) });

    const refused = await put('/faults/ecs', [{ kind: 'nonsense' }]);
    const accepted = await put('/faults/ecs', [{ kind: 'denied' }]);
    const { code, stdout } = await watchOnce(at.env);

    expect(refused.status).toBe(400);
    expect(accepted.status).toBe(200);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).scopes[0].error).toMatch(/^Forbidden\.RAM/);
  });

  it('names every wrong flag at once', async () => {
    const flags = ['--port', '99999999', '--fleet', 'many', '--churn', '-'];

    const { code, stdout, stderr } = await runCommand('local', flags, {}).finished;

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const flag of ['--port', '--fleet', '--churn']) expect(stderr).toContain(`${flag} is not`);
  });
});
