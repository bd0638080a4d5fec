import { PROBES } from '../../../commands/setup/prove.ts';
import { LOCAL_KEYS, type LocalAccountState } from '../../../local/index.ts';
import { parsePolicy } from '../../../local/ram/policy.ts';
import { createClient } from '../../../shared/tablestore/client.ts';
import { actionsAllowedBy } from '../../deploy/policies.ts';
import { emptyAccount, GROUP, type TestAccount } from './world.ts';

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
const TRUST = JSON.stringify({
  Version: '1',
  Statement: [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
  ],
});

const TABLES = 'acs:ots:cn-hangzhou:1234567890123456:instance/ecs-watch/table';

let account: TestAccount;
let ram: LocalAccountState['ram'];
let instances: LocalAccountState['instances'];
let alarms: LocalAccountState['alarms'];
beforeEach(async () => {
  account = await emptyAccount();
  ({ ram, instances, alarms } = account.cloud.account);
});
afterEach(() => account.cloud.close());

describe('npm run setup in an empty account', () => {
  it('makes everything with one command, and proves every right', async () => {
    const ran = await account.setup({ prove: true });

    expect(THINGS.map((what) => ran.line(what))).toEqual(THINGS.map((what) => `${what} created`));
    const proofs = ran.lines.filter((line) => / may \w+:/u.test(line));
    expect(proofs).toHaveLength(12);
    expect(proofs.every((line) => line.endsWith(' proved'))).toBe(true);
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

describe('npm run setup where something is missing, wrong or foreign', () => {
  beforeEach(async () => {
    await account.setup();
    account.changes();
  });

  it.each([
    ['the instance’s Internet switch', () => setNetworks(['VPC']), 'instance ecs-watch', 'changed'],
    ['a role', () => deleteRole('ecs-watch-reader'), 'role ecs-watch-reader', 'created'],
    ['a policy', () => deletePolicy('ecs-watch-writer'), 'policy ecs-watch-writer', 'created'],
    [
      'an attachment',
      () => ram.detach({ role: 'ecs-watch-writer', policy: 'ecs-watch-writer', type: 'Custom' }),
      'policy ecs-watch-writer of role ecs-watch-writer',
      'created',
    ],
    [
      'an alarm',
      () => alarms.rules.delete('ecs-watch-watch-silent'),
      'alarm ecs-watch-watch-silent',
      'created',
    ],
  ])('makes %s again that was lost, and nothing else', async (_name, lose, what, verdict) => {
    lose();

    const ran = await account.setup();

    expect(ran.line(what)).toBe(`${what} ${verdict}`);
    expect(ran.code).toBe(0);
    const others = THINGS.filter((thing) => !ran.line(thing)?.endsWith('is there'));
    expect(others.every((thing) => thing.includes(what.split(' ')[1] ?? ''))).toBe(true);
    expect((await account.setup()).lines).toContain('Nothing to change: everything is there.');
  });

  it('makes a table again that was deleted', async () => {
    await account.teardown({ yes: true });
    await account.setup();

    expect(account.cloud.tablestore.tableNames).toEqual(['ecs_watch_journal', 'ecs_watch_state']);
  });

  it.each(actionsAllowedBy('ecs-watch-writer'))(
    'names the right %s that the policy lacks, gives it back and proves it',
    async (action) => {
      setPolicy('ecs-watch-writer', (text) => text.replace(`"${action}"`, '"ecs:Nothing"'));

      const dry = await account.setup({ dryRun: true });
      const ran = await account.setup();

      expect(dry.line('policy ecs-watch-writer')).toContain('differs: would be changed');
      expect(dry.words('policy ecs-watch-writer')).toContain(`lacks ${action} on`);
      expect(dry.words('policy ecs-watch-writer')).toContain('has ecs:Nothing on');
      expect(ran.line('policy ecs-watch-writer')).toBe('policy ecs-watch-writer changed');
      expect(account.changes().map((change) => change.action)).toEqual(['CreatePolicyVersion']);
      expect(Object.keys(PROBES)).toContain(action);
    },
  );

  it('takes back the trust in another caller', async () => {
    const role = roleOf('ecs-watch-writer');
    const trust = TRUST.replace('"Service"', '"RAM":["acs:ram::1:root"],"Service"');
    ram.putRole({ ...role, trustText: trust, trust: parsePolicy(trust) ?? role.trust });

    const ran = await account.setup();

    expect(ran.line('role ecs-watch-writer')).toBe('role ecs-watch-writer changed');
    expect(ran.words('role ecs-watch-writer')).toContain(
      'trust policy: has sts:AssumeRole for RAM acs:ram::1:root as well',
    );
    expect(roleOf('ecs-watch-writer').trustText).toBe(TRUST);
  });

  it('changes nothing that it has not made, but says how it may', async () => {
    ram.putRole({
      ...roleOf('ecs-watch-writer'),
      description: 'by hand',
      ...trustIn('acs:ram::1:root'),
    });
    ram.putPolicy({ ...policyOf('ecs-watch-reader'), description: 'by hand' });
    setPolicy('ecs-watch-reader', (text) => text.replace('ots:GetRow', 'ots:PutRow'));
    instances.put({ ...instanceOf(), description: 'by hand', networks: ['VPC'] });

    const ran = await account.setup();
    const adopted = await account.setup({ adopt: true });

    for (const what of ['role ecs-watch-writer', 'policy ecs-watch-reader', 'instance ecs-watch']) {
      expect(ran.line(what)).toBe(`${what} DIFFERS`);
      expect(ran.words(what)).toContain('say --adopt');
      expect(adopted.line(what)).toBe(`${what} changed`);
    }
    expect(ran.line('table ecs_watch_state')).toBe('table ecs_watch_state is not visible yet');
    expect(ran.code).toBe(1);
    expect(adopted.code).toBe(0);
  });

  it('names what a role is allowed beside that, and leaves it', async () => {
    ram.attach({
      role: 'ecs-watch-reader',
      policy: 'AdministratorAccess',
      type: 'System',
      atMs: 0,
    });

    const ran = await account.setup();

    expect(ran.words('role ecs-watch-reader')).toContain(
      'also has the System policy AdministratorAccess',
    );
    expect(ran.code).toBe(0);
  });

  it('names a table that is of something else, and how to go around it', async () => {
    account.variables.TABLESTORE_TABLE_PREFIX = 'other_';
    await createTable('other_journal', [{ name: 'id', type: 'STRING' }], -1);

    const ran = await account.setup();

    expect(ran.line('table other_journal')).toBe('table other_journal WRONG');
    expect(ran.words('table other_journal')).toContain(
      'has the primary key (id STRING), not (scope STRING, seq INTEGER)',
    );
    expect(ran.words('table other_journal')).toContain('TABLESTORE_TABLE_PREFIX');
    expect(ran.code).toBe(1);
  });

  it('lengthens the life of rows, and never shortens it', async () => {
    account.variables.TABLESTORE_TABLE_PREFIX = 'other_';
    const journal = [
      { name: 'scope', type: 'STRING' },
      { name: 'seq', type: 'INTEGER' },
    ];
    const state = [journal[0] as object, { name: 'item', type: 'STRING' }];
    await createTable('other_journal', journal, 365 * 86_400);
    await createTable('other_state', state, 86_400);

    const ran = await account.setup();
    const again = await account.setup();

    expect(ran.line('table other_journal')).toBe('table other_journal is there');
    expect(ran.words('table other_journal')).toContain(
      'keeps its rows for 365 days, not 90 days: left',
    );
    expect(ran.line('table other_state')).toBe('table other_state changed');
    expect(again.line('table other_state')).toBe('table other_state is there');
  });

  it('keeps commits as long as JOURNAL_RETENTION_DAYS says', async () => {
    await account.setup();
    account.variables.JOURNAL_RETENTION_DAYS = '365';

    const ran = await account.setup();

    expect(ran.line('table ecs_watch_journal')).toBe('table ecs_watch_journal changed');
    expect(ran.words('table ecs_watch_journal')).toContain('90 days, not 365 days');
    expect(ran.line('table ecs_watch_state')).toBe('table ecs_watch_state is there');
  });

  it('gives no role a right on the tables of another environment whose name begins with its own', async () => {
    await account.setup();

    const { sts } = account.cloud;
    const role = sts.directory.role('acs:ram::1234567890123456:role/ecs-watch-writer');
    if (role === undefined) throw new Error('setup made no role');
    const { accessKeyId } = sts.directory.issue(role, 900).key;
    const rightOn = (table: string): boolean =>
      ram.may(accessKeyId, 'ots:PutRow', `${TABLES}/${table}`);
    expect(['ecs_watch_journal', 'ecs_watch_state'].map(rightOn)).toEqual([true, true]);
    expect(['ecs_watch_test_journal', 'ecs_watch_test_state'].map(rightOn)).toEqual([false, false]);
  });

  it('names the contact groups there are where the one that is asked for is not', async () => {
    account.variables.ALARM_CONTACT_GROUP = 'night shift';

    const ran = await account.setup();

    expect(ran.words('alarm ecs-watch-watch-fails')).toContain(
      `no contact group night shift (there is ${GROUP})`,
    );
    expect(ran.code).toBe(1);
  });

  it('names what another alarm of the name says', async () => {
    const rule = alarms.rules.get('ecs-watch-watch-fails') ?? new Map();
    alarms.rules.set(
      'ecs-watch-watch-fails',
      new Map([...rule, ['Escalations.Critical.Times', '9']]),
    );

    const ran = await account.setup();

    expect(ran.words('alarm ecs-watch-watch-fails')).toContain('times is 9, not 3');
    expect(ran.line('alarm ecs-watch-watch-fails')).toMatch(/changed$/u);
  });

  function setNetworks(networks: readonly ('VPC' | 'INTERNET')[]): void {
    instances.put({ ...instanceOf(), networks });
  }

  function instanceOf() {
    const instance = instances.get('ecs-watch');
    if (instance === undefined) throw new Error('the instance is there');
    return instance;
  }

  function roleOf(name: string) {
    const role = ram.role(name);
    if (role === undefined) throw new Error(`the role ${name} is there`);
    return role;
  }

  function policyOf(name: string) {
    const policy = ram.policy(name);
    if (policy === undefined) throw new Error(`the policy ${name} is there`);
    return policy;
  }

  function trustIn(arn: string) {
    const text = TRUST.replace('"Service"', `"RAM":["${arn}"],"Service"`);
    const trust = parsePolicy(text);
    if (trust === undefined) throw new Error('it is a policy');
    return { trustText: text, trust };
  }

  function deleteRole(name: string): void {
    ram.detach({ role: name, policy: name, type: 'Custom' });
    ram.deleteRole(name);
  }

  function deletePolicy(name: string): void {
    ram.detach({ role: name, policy: name, type: 'Custom' });
    ram.deletePolicy(name);
  }

  function setPolicy(name: string, change: (text: string) => string): void {
    const policy = policyOf(name);
    const [version] = policy.versions;
    const text = change(version?.text ?? '');
    const document = parsePolicy(text);
    if (version === undefined || document === undefined) throw new Error('it is a policy');
    ram.putPolicy({ ...policy, versions: [{ ...version, text, document }] });
  }

  async function createTable(tableName: string, primaryKey: object[], timeToLive: number) {
    const client = tablestoreClient();
    await client.createTable({
      tableMeta: { tableName, primaryKey },
      reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      tableOptions: { timeToLive, maxVersions: 1 },
    });
  }

  function tablestoreClient() {
    const { url: endpoint } = account.cloud.tablestore;
    return createClient({ endpoint, instance: 'ecs-watch', credentials: LOCAL_KEYS }, () => 5_000);
  }
});
