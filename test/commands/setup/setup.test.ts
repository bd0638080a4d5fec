import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalAccountState } from '../../../local/index.ts';
import { DAMAGES, ENTERING, NOTING, own, setUpAll, stateOf } from './parts.ts';
import { emptyAccount, type TestAccount } from './world.ts';

const THINGS = [
  'instance ecs-watch',
  'table ecs_watch_journal',
  'table ecs_watch_state',
  'policy ecs-watch-writer',
  'policy ecs-watch-reader',
  'role ecs-watch-writer',
  'policy ecs-watch-writer of role ecs-watch-writer',
  'role ecs-watch-reader',
  'policy ecs-watch-reader of role ecs-watch-reader',
  'alarm ecs-watch-watch-fails',
  'alarm ecs-watch-watch-silent',
];
const TABLES = 'acs:ots:cn-hangzhou:1234567890123456:instance/ecs-watch/table';

let account: TestAccount;
let ram: LocalAccountState['ram'];
function onNewAccount(): void {
  beforeEach(async () => {
    account = await emptyAccount();
    ({ ram } = account.cloud.account);
  });
  afterEach(() => account.cloud.close());
}

describe('npm run setup in an empty account', () => {
  onNewAccount();

  it('makes everything with one command, proves every right that it can, and names the other', async () => {
    const ran = await account.setup({ prove: true });

    expect(THINGS.map((what) => ran.line(what))).toEqual(THINGS.map((what) => `${what} created`));
    const proofs = ran.lines.filter((line) => / may \w+:/u.test(line));
    expect(proofs).toHaveLength(13);
    expect(proofs.filter((line) => !line.endsWith(' proved'))).toEqual([
      expect.stringMatching(/ecs-watch-writer may fc:InvokeFunction +not tried$/u),
    ]);
    expect(ran.words('ecs-watch-writer may fc:InvokeFunction')).toContain('SHARD_ABOVE_SCOPES');
    expect(ran.code).toBe(0);
  });

  it('changes nothing the second time, and says so', async () => {
    await account.setup();
    account.changes();

    const ran = await account.setup();

    expect(THINGS.map((what) => ran.line(what))).toEqual(THINGS.map((what) => `${what} is there`));
    expect(ran.lines).toContain('Nothing to change: everything is there.');
    expect(account.changes()).toEqual([]);
    expect(ran.code).toBe(0);
  });

  it('changes nothing in a dry run, and names all that it would make', async () => {
    const ran = await account.setup({ dryRun: true });

    expect(THINGS.map((what) => ran.line(what))).toEqual(
      THINGS.map((what) => `${what} is missing: would be created`),
    );
    expect(account.changes()).toEqual([]);
  });

  it('waits until a new instance can be used', async () => {
    account.cloud.tablestore.setFaults([
      { kind: 'error', code: 'OTSTableNotReady', operations: ['CreateTable'], times: 3 },
    ]);

    const ran = await account.setup();

    expect(ran.line('table ecs_watch_journal')).toBe('table ecs_watch_journal created');
    expect(ran.code).toBe(0);
  });

  it('makes two environments beside each other in one account', async () => {
    await account.setup();
    account.variables.ECS_WATCH_NAME = 'ecs-watch-test';

    const ran = await account.setup();

    expect(ran.line('instance ecs-watch')).toBe('instance ecs-watch is there');
    expect(ran.line('table ecs_watch_test_journal')).toMatch(/created$/u);
    expect(ran.line('role ecs-watch-test-writer')).toMatch(/created$/u);
    expect(ram.policy('ecs-watch-test-writer')?.versions[0]?.text).toContain(
      '/table/ecs_watch_test_journal',
    );
    await account.teardown({ yes: true });
    delete account.variables.ECS_WATCH_NAME;
    expect((await account.setup()).lines).toContain('Nothing to change: everything is there.');
  });

  it('says how to have an alarm where no contact group is named', async () => {
    account.variables.ALARM_CONTACT_GROUP = '';

    const ran = await account.setup();

    expect(ran.lines.join('\n')).toContain(
      'Set ALARM_CONTACT_GROUP to the name of a contact group',
    );
    expect(ran.line('alarm ecs-watch-watch-fails')).toBeUndefined();
  });

  it('names every wrong variable at once, and asks no service', async () => {
    Object.assign(account.variables, {
      ECS_WATCH_NAME: 'Upper_Case',
      TABLESTORE_INSTANCE: '',
      TABLESTORE_ENDPOINT: 'http://example.com',
      DEPLOY_REGION: 'Hangzhou!',
    });

    await expect(account.setup()).rejects.toThrow(
      /ECS_WATCH_NAME is not[\s\S]*DEPLOY_REGION is not[\s\S]*TABLESTORE_INSTANCE[\s\S]*TABLESTORE_ENDPOINT is not/u,
    );
    expect(account.cloud.account.answered).toEqual([]);
  });
});

describe('npm run setup in an account that is set up', () => {
  onNewAccount();
  beforeEach(async () => {
    await account.setup();
    account.changes();
  });

  it('keeps commits as long as JOURNAL_RETENTION_DAYS says', async () => {
    account.variables.JOURNAL_RETENTION_DAYS = '365';

    const ran = await account.setup();

    expect(ran.line('table ecs_watch_journal')).toBe('table ecs_watch_journal changed');
    expect(ran.words('table ecs_watch_journal')).toContain('90 days, not 365 days');
    expect(ran.line('table ecs_watch_state')).toBe('table ecs_watch_state is there');
  });

  it('gives no role a right on the tables of another environment whose name begins with its own', async () => {
    const { sts } = account.cloud;
    const role = sts.directory.role('acs:ram::1234567890123456:role/ecs-watch-writer');
    if (role === undefined) throw new Error('setup made no role');
    const { accessKeyId } = sts.directory.issue(role, 900).key;
    const rightOn = (table: string): boolean =>
      ram.may(accessKeyId, 'ots:PutRow', `${TABLES}/${table}`);
    expect(['ecs_watch_journal', 'ecs_watch_state'].map(rightOn)).toEqual([true, true]);
    expect(['ecs_watch_test_journal', 'ecs_watch_test_state'].map(rightOn)).toEqual([false, false]);
  });
});

describe('npm run setup with', () => {
  let folder: string;
  let whole: unknown;
  let isWhole = false;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ecs-watch-setup-'));
    await begin();
  });
  // One account serves all, as long as each leaves it as it was.
  beforeEach(async () => {
    if (isWhole) return;
    await account.cloud.close();
    await begin();
  });
  afterAll(async () => {
    await account.cloud.close();
    rmSync(folder, { recursive: true });
  });

  async function begin(): Promise<void> {
    account = await emptyAccount();
    account.variables.WATCH_CONFIG = join(folder, 'watch.yaml');
    writeFileSync(account.variables.WATCH_CONFIG, ENTERING);
    account.variables.VIEW_TOKENS = NOTING;
    expect(await setUpAll(account)).toEqual([0, 0]);
    whole = await stateOf(account);
    isWhole = true;
  }

  it.each(DAMAGES)(
    'the $what $how names it, mends what it may, and leaves nothing half done',
    async ({ what, flags, damage, dry, real, words, cure, restore }) => {
      isWhole = false;
      await damage(account);
      const damaged = await stateOf(account);
      account.changes();

      const tried = await account.setup({ ...flags, dryRun: true });
      expect(tried.line(what)).toBe(`${what} ${dry}`);
      if (words !== undefined && real !== 'FAILED, is missing') {
        expect(tried.words(what)).toMatch(words);
      }
      expect(account.changes()).toEqual([]);
      expect(await stateOf(account)).toEqual(damaged);

      const ran = await account.setup(flags);
      expect(ran.line(what)).toBe(`${what} ${real}`);
      if (words !== undefined) expect(ran.words(what)).toMatch(words);
      expect(ran.code).toBe(cure === undefined ? 0 : 1);
      if (cure !== undefined) {
        expect(await stateOf(account)).toEqual(damaged);
        if (cure !== 'adopt') await cure(account);
        expect((await account.setup({ ...flags, adopt: cure === 'adopt' })).code).toBe(0);
      }

      await restore?.(account);
      own(account);
      expect(await stateOf(account)).toEqual(whole);
      isWhole = true;
    },
  );

  it('nothing wrong has nothing to do, and proves every right that it can', async () => {
    const ran = await account.setup({ prove: true });

    expect(ran.lines).toContain('Nothing to change: everything is there.');
    expect(ran.lines.filter((line) => / may \w+:.* proved$/u.test(line))).toHaveLength(12);
    expect(ran.lines.filter((line) => / may \w+:.* (?:REFUSED|not proved)$/u.test(line))).toEqual(
      [],
    );
    expect(ran.code).toBe(0);
  });
});
