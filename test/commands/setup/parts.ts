import type { PolicyDocument, Statement } from '../../../commands/setup/core/document.ts';
import { opened } from '../../../commands/setup/core/opening.ts';
import { markOf } from '../../../commands/setup/core/wanted.ts';
import type { SetupFlags } from '../../../commands/setup/set-up.ts';
import { LOCAL_KEYS } from '../../../local/index.ts';
import { parsePolicy } from '../../../local/ram/policy.ts';
import { createClient } from '../../../shared/tablestore/client.ts';
import { actionsAllowedBy } from '../../deploy/policies.ts';
import { GROUP, type TestAccount } from './world.ts';

/** A part of an environment that is removed, wrong or foreign, and what setup says and does about it. */
export interface Damage {
  readonly what: string;
  /** What has become of it. */
  readonly how: string;
  readonly flags: Partial<SetupFlags>;
  damage(account: TestAccount): void | Promise<void>;
  /** What a dry run says of it. */
  readonly dry: string;
  /** What a run says that does what it may. */
  readonly real: string;
  /** What is said of it, in both. */
  readonly words?: RegExp;
  /** What a user does then, where setup alone cannot or may not mend it. */
  readonly cure?: 'adopt' | ((account: TestAccount) => void | Promise<void>);
  /** Takes back what setup leaves as it is. */
  restore?(account: TestAccount): void | Promise<void>;
}

const CREATED = { dry: 'is missing: would be created', real: 'created' } as const;
const CHANGED = { dry: 'differs: would be changed', real: 'changed' } as const;
const FOREIGN = {
  dry: 'DIFFERS',
  real: 'DIFFERS',
  cure: 'adopt',
  words: /setup has not made it: say --adopt .* or choose another ECS_WATCH_NAME/u,
} as const;
const WRONG = { dry: 'WRONG', real: 'WRONG' } as const;
const LEFT = { dry: 'is there', real: 'is there' } as const;

const OWN: Partial<SetupFlags> = {};
const WATCHER = '2000000000000002';
const MEMBER: Partial<SetupFlags> = { member: { watcher: WATCHER, externalId: 'of-a-test' } };
const STRANGER = 'acs:ram::1:root';

/** Names of policies of this environment, with the file of deploy/ that they come from. */
const POLICIES: readonly (readonly [name: string, flags: Partial<SetupFlags>])[] = [
  ['ecs-watch-writer', OWN],
  ['ecs-watch-reader', OWN],
  ['ecs-watch-enter', OWN],
  ['ecs-watch-notes', OWN],
  ['ecs-watch-member', MEMBER],
];
const ROLES = POLICIES.filter(([name]) => !['ecs-watch-enter', 'ecs-watch-notes'].includes(name));
const JOURNAL = 'ecs_watch_journal';
const STATE = 'ecs_watch_state';
const DAY_SECONDS = 86_400;

/** A file for WATCH_CONFIG with a watched account: the watcher has the right to enter it. */
export const ENTERING = `accounts:\n  - alias: shop\n    roleArn: acs:ram::${WATCHER}:role/ecs-watch-member\n    regions: [cn-hangzhou]\n`;

/** A token of the view that may write notes: its role may append to the journal. */
export const NOTING = 'ops all notes 0123456789abcdef';

/** Makes the watched account's role beside the environment: in a test, both are in one account. */
export async function setUpAll(account: TestAccount): Promise<readonly number[]> {
  return [(await account.setup(OWN)).code, (await account.setup(MEMBER)).code];
}

export const DAMAGES: readonly Damage[] = [
  ...POLICIES.flatMap(([name, flags]) => [
    ...actionsAllowedBy(name).map((action) => rightLost(name, action, flags)),
    ...policyDamages(name, flags),
  ]),
  ...ROLES.flatMap(([name, flags]) => roleDamages(name, flags)),
  ...instanceDamages(),
  ...tableDamages(),
  ...alarmDamages(),
];

// --- Policies

function rightLost(name: string, action: string, flags: Partial<SetupFlags>): Damage {
  return {
    what: `policy ${name}`,
    how: `without ${action}`,
    flags,
    damage: (account) => setPolicy(account, name, (document) => without(document, action)),
    ...CHANGED,
    words: new RegExp(`lacks ${action} on`, 'u'),
  };
}

function policyDamages(name: string, flags: Partial<SetupFlags>): readonly Damage[] {
  const what = `policy ${name}`;
  const more: Statement = { Effect: 'Allow', Action: 'ecs:DeleteInstance', Resource: '*' };
  const widen = (account: TestAccount) =>
    setPolicy(account, name, (document) => ({
      ...document,
      Statement: [...document.Statement, more],
    }));
  return [
    {
      what,
      how: 'removed',
      flags,
      damage({ cloud }) {
        const { ram } = cloud.account;
        for (const one of ram.attachments) if (one.policy === name) ram.detach(one);
        ram.deletePolicy(name);
      },
      ...CREATED,
    },
    {
      what,
      how: 'with a right that it should not have',
      flags,
      damage: widen,
      ...CHANGED,
      words: /has ecs:DeleteInstance on \* as well/u,
    },
    {
      what,
      how: 'of someone else',
      flags,
      damage(account) {
        widen(account);
        describe(account, 'policy', name, 'by hand');
      },
      ...FOREIGN,
    },
  ];
}

// --- Roles

function roleDamages(name: string, flags: Partial<SetupFlags>): readonly Damage[] {
  const what = `role ${name}`;
  const trustStranger = (account: TestAccount) =>
    setTrust(account, name, (trust) => ({
      ...trust,
      Statement: [
        ...trust.Statement,
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [STRANGER] } },
      ],
    }));
  const open = (account: TestAccount) =>
    setTrust(account, name, (trust) => opened(trust, STRANGER, Date.now()));
  const OPENED = {
    ...CHANGED,
    words: /trust policy: lets in acs:ram::1:root until \S+Z, for a --prove that has not ended/u,
  } as const;
  return [
    {
      what,
      how: 'removed',
      flags,
      damage({ cloud }) {
        const { ram } = cloud.account;
        for (const one of ram.attachments) if (one.role === name) ram.detach(one);
        ram.deleteRole(name);
      },
      ...CREATED,
    },
    {
      what: `policy ${name} of role ${name}`,
      how: 'removed',
      flags,
      damage({ cloud }) {
        cloud.account.ram.detach({ role: name, policy: name, type: 'Custom' });
      },
      ...CREATED,
    },
    {
      what,
      how: 'that trusts a stranger as well',
      flags,
      damage: trustStranger,
      ...CHANGED,
      words: /trust policy: has sts:AssumeRole for RAM acs:ram::1:root as well/u,
    },
    {
      what,
      how: 'that trusts a stranger alone',
      flags,
      damage: (account) =>
        setTrust(account, name, (trust) => ({
          ...trust,
          Statement: [
            { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [STRANGER] } },
          ],
        })),
      ...CHANGED,
      words: /trust policy: lacks sts:AssumeRole for/u,
    },
    {
      what,
      how: 'of someone else',
      flags,
      damage(account) {
        trustStranger(account);
        describe(account, 'role', name, 'by hand');
      },
      ...FOREIGN,
    },
    { what, how: 'that --prove has left open', flags, damage: open, ...OPENED },
    {
      what,
      how: 'of someone else that --prove has left open',
      flags,
      damage(account) {
        open(account);
        describe(account, 'role', name, 'by hand');
      },
      ...OPENED,
    },
    {
      what,
      how: 'with a further policy',
      flags,
      damage({ cloud }) {
        cloud.account.ram.attach({
          role: name,
          policy: 'AdministratorAccess',
          type: 'System',
          atMs: 0,
        });
      },
      ...LEFT,
      words: /also has the System policy AdministratorAccess, which ecs-watch does not need/u,
      restore({ cloud }) {
        cloud.account.ram.detach({ role: name, policy: 'AdministratorAccess', type: 'System' });
      },
    },
  ];
}

// --- The Tablestore instance

type Instance = Parameters<TestAccount['cloud']['account']['instances']['put']>[0];

function instanceDamages(): readonly Damage[] {
  const what = 'instance ecs-watch';
  const change = ({ cloud }: TestAccount, changes: Partial<Instance>): void => {
    const { instances } = cloud.account;
    const instance = instances.get('ecs-watch');
    if (instance === undefined) throw new Error('the instance is there');
    instances.put({ ...instance, ...changes });
  };
  const remove = async (account: TestAccount): Promise<void> => {
    for (const tableName of [JOURNAL, STATE]) await clientOf(account).deleteTable({ tableName });
    account.cloud.account.instances.delete('ecs-watch');
  };
  const stopped = (status: 'forbidden' | 'Deleting'): Damage => ({
    what,
    how: `that is ${status}`,
    flags: OWN,
    damage: (account) => change(account, { status }),
    ...WRONG,
    words: new RegExp(
      `is ${status}: open it in the Tablestore console, or set TABLESTORE_INST`,
      'u',
    ),
    cure: (account) => change(account, { status: 'normal' }),
  });
  return [
    { what, how: 'removed', flags: OWN, damage: remove, ...CREATED },
    {
      what,
      how: 'removed, and its name taken by another account',
      flags: OWN,
      async damage(account) {
        await remove(account);
        account.cloud.account.instances.taken.add('ecs-watch');
      },
      dry: CREATED.dry,
      real: 'FAILED, is missing',
      words:
        /another account has this name in the region: set TABLESTORE_INSTANCE to another name/u,
      cure({ cloud }) {
        cloud.account.instances.taken.delete('ecs-watch');
      },
    },
    stopped('forbidden'),
    stopped('Deleting'),
    {
      what,
      how: 'closed to the Internet',
      flags: OWN,
      damage: (account) => change(account, { networks: ['VPC'] }),
      ...CHANGED,
      words: /its network ACL does not allow INTERNET/u,
    },
    {
      what,
      how: 'of someone else, closed to the Internet',
      flags: OWN,
      damage: (account) => change(account, { networks: ['VPC'], description: 'by hand' }),
      ...FOREIGN,
    },
  ];
}

// --- Tables

function tableDamages(): readonly Damage[] {
  const remove = (account: TestAccount, tableName: string): Promise<unknown> =>
    clientOf(account).deleteTable({ tableName });
  const keepFor = async (account: TestAccount, tableName: string, days: number): Promise<void> => {
    const tableOptions = { timeToLive: days < 0 ? -1 : days * DAY_SECONDS, maxVersions: 1 };
    await clientOf(account).updateTable({ tableName, tableOptions });
  };
  return [
    ...[JOURNAL, STATE].flatMap((table): readonly Damage[] => [
      {
        what: `table ${table}`,
        how: 'removed',
        flags: OWN,
        async damage(account) {
          await remove(account, table);
        },
        ...CREATED,
      },
      {
        what: `table ${table}`,
        how: 'with the key of something else',
        flags: OWN,
        async damage(account) {
          await remove(account, table);
          await makeForeignTable(clientOf(account), table);
        },
        ...WRONG,
        words: /has the primary key \(id STRING\), not \(scope STRING, .*TABLESTORE_TABLE_PREFIX/u,
        async cure(account) {
          await remove(account, table);
        },
      },
      {
        what: `table ${table}`,
        how: 'that forgets its rows after a day',
        flags: OWN,
        damage: (account) => keepFor(account, table, 1),
        ...CHANGED,
        words: /keeps its rows for 1 days, not /u,
      },
    ]),
    {
      what: `table ${JOURNAL}`,
      how: 'that keeps its rows for longer',
      flags: OWN,
      damage: (account) => keepFor(account, JOURNAL, 365),
      ...LEFT,
      words: /keeps its rows for 365 days, not 90 days: left as it is/u,
      restore: (account) => keepFor(account, JOURNAL, 90),
    },
  ];
}

// --- Alarms

function alarmDamages(): readonly Damage[] {
  const set = ({ cloud }: TestAccount, id: string, name: string, value: string): void => {
    const { rules } = cloud.account.alarms;
    rules.set(id, new Map([...(rules.get(id) ?? []), [name, value]]));
  };
  const silent: Damage = {
    what: 'alarm ecs-watch-watch-silent',
    how: 'that takes no ticks at all for well',
    flags: OWN,
    damage: (account) => set(account, 'ecs-watch-watch-silent', 'NoDataPolicy', 'OK'),
    ...CHANGED,
    words: /noDataPolicy is OK, not INSUFFICIENT_DATA/u,
  };
  const ids = ['ecs-watch-watch-fails', 'ecs-watch-watch-silent'];
  const ofEach = ids.flatMap((id): readonly Damage[] => [
    {
      what: `alarm ${id}`,
      how: 'removed',
      flags: OWN,
      damage({ cloud }) {
        cloud.account.alarms.rules.delete(id);
      },
      ...CREATED,
    },
    {
      what: `alarm ${id}`,
      how: 'that waits for longer',
      flags: OWN,
      damage: (account) => set(account, id, 'Escalations.Critical.Times', '9'),
      ...CHANGED,
      words: /times is 9, not [35]/u,
    },
    {
      what: `alarm ${id}`,
      how: 'of another function',
      flags: OWN,
      damage: (account) => set(account, id, 'Resources', '[{"functionName":"billing"}]'),
      ...CHANGED,
      words: /is of another function/u,
    },
    {
      what: `alarm ${id}`,
      how: 'that calls a group which does not exist',
      flags: OWN,
      damage({ variables }) {
        variables.ALARM_CONTACT_GROUP = 'night shift';
      },
      ...WRONG,
      words: new RegExp(`no contact group night shift \\(there is ${GROUP}\\)`, 'u'),
      cure({ variables }) {
        variables.ALARM_CONTACT_GROUP = GROUP;
      },
    },
  ]);
  return [...ofEach, silent];
}

// --- What an account holds

/** Everything that setup has made, without the times at which it was. */
export async function stateOf(account: TestAccount): Promise<unknown> {
  const { ram, instances, alarms } = account.cloud.account;
  const client = clientOf(account);
  const tables = account.cloud.tablestore.tableNames.map(async (tableName) => {
    // An instance that is closed keeps what it holds.
    const answer = await client.describeTable({ tableName }).catch(() => undefined);
    const { tableMeta, tableOptions } = answer?.toJSON() ?? {};
    return { tableName, keys: tableMeta?.primaryKey, ttl: tableOptions?.timeToLive };
  });
  return {
    tables: await Promise.all(tables),
    instances: instances.all().map(({ name, networks, status = 'normal' }) => ({
      name,
      networks: [...networks].sort(),
      status,
    })),
    policies: POLICIES.map(([name]) => [name, documentOf(account, name)]),
    roles: ROLES.map(([name]) => [name, ram.role(name)?.trust]),
    attached: ram.attachments.map(({ role, policy }) => `${policy} of ${role}`).sort(),
    alarms: [...alarms.rules].map(([id, rule]) => [id, Object.fromEntries(rule)]).sort(),
  };
}

/** Makes everything setup's own again, after a user has adopted it. */
export function own(account: TestAccount): void {
  for (const [name] of POLICIES) describe(account, 'policy', name, markOf('ecs-watch'));
  for (const [name] of ROLES) describe(account, 'role', name, markOf('ecs-watch'));
  const { instances } = account.cloud.account;
  for (const instance of instances.all()) {
    instances.put({ ...instance, description: markOf('ecs-watch') });
  }
}

function describe(
  { cloud }: TestAccount,
  kind: 'role' | 'policy',
  name: string,
  description: string,
): void {
  const { ram } = cloud.account;
  const [role, policy] = [ram.role(name), ram.policy(name)];
  if (kind === 'role' && role !== undefined) ram.putRole({ ...role, description });
  if (kind === 'policy' && policy !== undefined) ram.putPolicy({ ...policy, description });
}

function without({ Statement: statements, ...rest }: PolicyDocument, right: string) {
  const left = statements.flatMap((statement) => {
    const Action = [statement.Action].flat().filter((action) => action !== right);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
  return { ...rest, Statement: left };
}

function documentOf({ cloud }: TestAccount, name: string): PolicyDocument | undefined {
  const { versions = [], defaultVersion } = cloud.account.ram.policy(name) ?? {};
  return versions.find(({ id }) => id === defaultVersion)?.document;
}

function setPolicy(
  account: TestAccount,
  name: string,
  change: (document: PolicyDocument) => PolicyDocument,
): void {
  const { ram } = account.cloud.account;
  const policy = ram.policy(name);
  if (policy === undefined) throw new Error(`the policy ${name} is there`);
  const versions = policy.versions.map((version) =>
    version.id === policy.defaultVersion ? { ...version, ...changed(version.document) } : version,
  );
  ram.putPolicy({ ...policy, versions });

  function changed(before: PolicyDocument) {
    const text = JSON.stringify(change(before));
    return { text, document: parsed(text) };
  }
}

function setTrust(
  { cloud }: TestAccount,
  name: string,
  change: (trust: PolicyDocument) => PolicyDocument,
): void {
  const { ram } = cloud.account;
  const role = ram.role(name);
  if (role === undefined) throw new Error(`the role ${name} is there`);
  const trustText = JSON.stringify(change(role.trust));
  ram.putRole({ ...role, trustText, trust: parsed(trustText) });
}

function parsed(text: string) {
  const document = parsePolicy(text);
  if (document === undefined) throw new Error(`no policy: ${text}`);
  return document;
}

/** Makes a table with the key of something else. */
export async function makeForeignTable(
  client: ReturnType<typeof clientOf>,
  tableName: string,
): Promise<void> {
  await client.createTable({
    tableMeta: { tableName, primaryKey: [{ name: 'id', type: 'STRING' }] },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
    tableOptions: { timeToLive: -1, maxVersions: 1 },
  });
}

export function clientOf({ cloud }: TestAccount) {
  const { url: endpoint } = cloud.tablestore;
  return createClient({ endpoint, instance: 'ecs-watch', credentials: LOCAL_KEYS }, () => 5_000);
}
