import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { runCommand } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { HANGZHOU } from '../local/ecs/clients.ts';

const CHANNELS = CHANNEL_KINDS.map(({ kind }) => kind);

describe('npm run notify', () => {
  let product: Product;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ecs-watch-notify-'));
    product = await startProduct({ fleetSize: 10, seed: 5 }, Date.now());
  });
  afterAll(async () => {
    await product.close();
    rmSync(folder, { recursive: true });
  });

  const notify = (args: readonly string[], changes: Readonly<Record<string, string>> = {}) =>
    runCommand('notify', args, { ...product.environment, ...changes }).finished;
  /** Rows that were written so far, and tables that were made. */
  const written = () => {
    const { tables, requests } = product.cloud.tablestore.usage;
    const rows = Object.values(tables).reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    return [rows, requests.CreateTable];
  };
  const inbox = () => product.cloud.channels.inbox.list();

  it('--dry-run shows the baseline that a first tick would announce, and leaves no trace', async () => {
    const { code, stdout } = await notify(['--dry-run']);

    expect(code).toBe(0);
    for (const name of CHANNELS) expect(stdout).toContain(`── ${name} ─`);
    expect(stdout).toContain('Watching 10 instances from now on.');
    // Nothing was delivered, whatever the report of the tick says.
    expect(stdout).toContain('The tick would report:');
    expect(stdout).toContain(
      `nothing was recorded or sent. ${CHANNELS.length} messages, as above, would be sent.`,
    );
    expect(inbox()).toEqual([]);
    expect(written()).toEqual([0, undefined]);
  });

  it('--test sends one marked message with the mentions to try, and says what its receiver answered', async () => {
    const path = join(folder, 'people.yaml');
    const people = { dba: { slack: 'U1DBA' }, boss: { teams: 'boss@example.com' } };
    const routes = [{ channels: ['slack', 'teams'], mentions: ['dba', 'mei@example.com', 'boss'] }];
    const channels = [{ name: 'reserve', kind: 'slack', webhook: `\${env:SLACK_WEBHOOK}` }];
    const fallbacks = [{ channel: 'slack', to: 'reserve', after: '10m' }];
    writeFileSync(path, JSON.stringify({ channels, people, routes, fallbacks }));

    const { code, stdout } = await notify(['--test', '--channel', 'reserve'], {
      WATCH_CONFIG: path,
    });

    const [verdict, shown, absent, unfit, ...more] = stdout.split('\n');
    expect([code, verdict, more]).toEqual([0, 'reserve: accepted', ['']]);
    expect(shown).toMatch(/^ {2}in place of slack, it mentions dba \(U1DBA\)\. Ask each of them/u);
    expect(absent).toMatch(
      /^ {2}in place of slack, it does not mention boss: under people, no id/u,
    );
    expect(unfit).toMatch(/^ {2}in place of slack, it does not mention mei@example\.com: that is/u);
    expect(inbox()).toHaveLength(1);
    expect(inbox()[0]).toMatchObject({ channel: 'slack', accepted: true });
    expect(inbox()[0]?.body).toContain('This is a test');
    expect(inbox()[0]?.body).toContain('<@U1DBA>');
    expect(inbox()[0]?.body).not.toContain('mei@');
    expect(written()).toEqual([0, undefined]);
  });

  it('--test names the cause and the cure of each refusal, and no secret', async () => {
    const { code, stdout } = await notify(['--test'], {
      DINGTALK_SECRET: 'SECanother',
      FEISHU_SECRET: 'another-secret',
      WECOM_WEBHOOK: product.environment.WECOM_WEBHOOK?.replace(/key=.*/u, 'key=another') ?? '',
      SLACK_WEBHOOK: product.environment.SLACK_WEBHOOK?.replace(/X+$/u, 'another') ?? '',
      TEAMS_WEBHOOK: product.environment.TEAMS_WEBHOOK?.replace(/sig=.*/u, 'sig=another') ?? '',
      WEBHOOK_SECRET: 'whsec_YW5vdGhlciBzZWNyZXQgdGhhdCBpcyBsb25nIGVub3VnaA==',
    });

    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^dingtalk: REFUSED, .*DINGTALK_SECRET must be the secret of the robot/mu,
    );
    expect(stdout).toMatch(/^feishu: REFUSED, .*FEISHU_SECRET/mu);
    expect(stdout).toMatch(/^wecom: REFUSED, .*WECOM_WEBHOOK/mu);
    expect(stdout).toMatch(/^slack: REFUSED, .*SLACK_WEBHOOK/mu);
    expect(stdout).toMatch(/^teams: REFUSED, .*TEAMS_WEBHOOK/mu);
    expect(stdout).toMatch(/^webhook: (?:REFUSED|NOT ACCEPTED), .*WEBHOOK_SECRET/mu);
    for (const kind of ['dingtalk', 'wecom', 'slack'])
      expect(stdout).toMatch(
        new RegExp(`^${kind}: .* \\[127\\.0\\.0\\.1:\\d+, ${kind.toUpperCase()}_WEBHOOK\\]$`, 'mu'),
      );
    expect(stdout).not.toContain('another');
  });

  it('--test of no channel is a configuration that is wrong', async () => {
    const none = Object.keys(product.environment).filter(
      (name) =>
        /_(?:WEBHOOK|SECRET|KEYWORD|ROUTING_KEY|URL)$/u.test(name) && !name.startsWith('ALIBABA'),
    );
    const { code, stderr } = await notify(['--test'], {
      ...Object.fromEntries(none.map((name) => [name, ''])),
      WATCH_SILENT: 'true',
    });

    expect([code, stderr]).toEqual([2, expect.stringContaining('npm run configure asks for one')]);
  });

  it('--preview and --explain show a recorded commit without sending it', async () => {
    await product.tick();
    const { Instances } = await product.ecs('DescribeInstances', { RegionId: HANGZHOU });
    const running = Instances?.Instance.find(({ Status }) => Status === 'Running');
    const id = String(running?.InstanceId);
    const note = await notify(['--note', id, 'disk swap', '--until', '2126-01-01']);
    expect([note.code, note.stderr]).toEqual([1, expect.stringContaining('more than 366 days')]);
    await product.stopInstances([id]);
    await product.tick();
    const before = [inbox().length, written()];

    const preview = await notify(['--preview', 'main/cn-hangzhou/2', '--channel', 'wecom']);
    const reminder = await notify(['--preview', 'reminder', '--channel', 'wecom']);
    const path = join(folder, 'watch.yaml');
    const routes = [
      { name: 'nights', match: { severity: 'good' }, channels: 'slack' },
      { name: 'stops', match: { to: 'Stopped' }, channels: 'wecom' },
    ];
    writeFileSync(path, JSON.stringify({ routes }));
    const explanation = await notify(['--explain', 'main/cn-hangzhou/2/0'], { WATCH_CONFIG: path });

    expect(preview.stdout).toContain('── wecom: message 1 of 1 ─');
    expect(preview.stdout).toMatch(/🔴 .* stopped/u);
    expect(reminder.stdout).toBe(
      'wecom: is reminded of nothing: no instance has been stopped for a whole period\n\n',
    );
    expect(explanation.stdout.split('\n').slice(1)).toEqual([
      '  route nights: no, severity is bad, not good',
      '  route stops: yes, to Stopped',
      ...CHANNELS.map((name) => `  ${name}: is ${name === 'wecom' ? '' : 'not '}sent it`),
      '',
    ]);
    expect([inbox().length, written()]).toEqual(before);
  });

  it('--note is in the next message about its instance, and gone when it is removed', async () => {
    const { Instances } = await product.ecs('DescribeInstances', { RegionId: HANGZHOU });
    const running = Instances?.Instance.find(({ Status }) => Status === 'Running');
    const id = String(running?.InstanceId);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

    const { code, stdout } = await notify(['--note', id, 'disk swap', '--until', tomorrow]);

    expect([code, stdout]).toEqual([0, expect.stringMatching(/· i-.*: “disk swap”, until 20/u)]);
    product.cloud.channels.inbox.clear();
    await product.stopInstances([id]);
    await product.tick();
    const bodies = inbox().map(({ body }) => body);
    expect(bodies).toHaveLength(CHANNELS.length);
    for (const body of bodies) expect(body).toContain('disk swap');
    expect((await notify(['--note', id, ''])).stdout).toMatch(/ has no note\.$/mu);
  });

  it.each([
    [[], 'one of --test, --preview, --dry-run, --explain and --note is needed'],
    [
      ['--test', '--dry-run'],
      'one of --test, --preview, --dry-run, --explain and --note can be asked for at a time',
    ],
    [
      ['--test', '--channel', 'pager'],
      'there is no channel pager; these are configured: dingtalk,',
    ],
    [['--note', 'i-1', 'disk swap'], 'a note needs --until: it is shown no longer than it is true'],
    [['--preview', 'reprot'], 'reprot is nothing to preview: is report meant?'],
    [['--preview', 'storm:0'], '0 in storm:0 is no number from 1 to 10000'],
  ])('refuses %j, and says why', async (args, why) => {
    const { code, stdout, stderr } = await notify(args);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(why);
  });

  it('says that nothing is recorded under an id', async () => {
    const { code, stderr } = await notify(['--explain', 'main/cn-hangzhou/999']);

    expect(code).toBe(1);
    expect(stderr).toContain('Nothing is recorded under main/cn-hangzhou/999');
  });
});
