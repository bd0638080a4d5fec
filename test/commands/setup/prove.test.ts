import type { PolicyDocument } from '../../../commands/setup/core/document.ts';
import { PROBES, proveRights } from '../../../commands/setup/prove.ts';
import { parsePolicy } from '../../../local/ram/policy.ts';
import { SYSTEM_RUNTIME } from '../../../shared/lib/runtime.ts';
import { tablesOf } from '../../../shared/tablestore/tables.ts';
import { actionsAllowedBy } from '../../deploy/policies.ts';
import { emptyAccount, type TestAccount } from './world.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await emptyAccount();
  await account.setup();
});
afterAll(() => account.cloud.close());

const UNTRIED = 'fc:InvokeFunction';
const RIGHTS = ['ecs-watch-writer', 'ecs-watch-reader'].flatMap((role) =>
  triedActionsOf(role).map((action) => ({ role, action })),
);

/** The rights of a role, tried with its keys as it is now. */
async function proofs(name: string) {
  const { sts, tablestore, ecs } = account.cloud;
  const role = sts.directory.role(`acs:ram::1234567890123456:role/${name}`);
  if (role === undefined) throw new Error('the role is there');
  const tried = await proveRights({
    role: name,
    credentials: sts.directory.issue(role, 900).key,
    document: wanted(name),
    settings: {
      instance: { name: 'ecs-watch', endpoint: tablestore.url },
      watchedRegion: 'cn-hangzhou',
      endpoints: { ECS: ecs.url },
    },
    tables: tablesOf('ecs_watch_'),
    runtime: SYSTEM_RUNTIME,
    redact: (text) => text,
  });
  return new Map(tried.map(({ right, ...rest }) => [right, rest]));
}

const kept = new Map<string, string>();
const wanted = (name: string): PolicyDocument => JSON.parse(kept.get(name) ?? '');

it('tries no right in a time that is too short for an answer, and says so', async () => {
  let nowMs = 0;
  // Each look at the clock takes longer than the whole time.
  const runtime = { ...SYSTEM_RUNTIME, now: () => (nowMs += 5_000) };
  const tried = await proveRights({
    role: '',
    credentials: { accessKeyId: 'a', accessKeySecret: 'b' },
    document: {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['ots:GetRow', 'ots:DeleteRow'], Resource: '*' }],
    },
    settings: {
      instance: { name: 'ecs-watch', endpoint: account.cloud.tablestore.url },
      watchedRegion: 'cn-hangzhou',
      endpoints: {},
    },
    tables: tablesOf('ecs_watch_'),
    runtime,
    redact: (text) => text,
    limitMs: 4_000,
  });

  expect(tried.map(({ words }) => words)).toEqual([
    'not tried: out of time',
    'not tried: out of time',
  ]);
});

describe('the rights of a role', () => {
  beforeAll(() => {
    const { ram } = account.cloud.account;
    for (const { role } of RIGHTS) kept.set(role, ram.policy(role)?.versions[0]?.text ?? '');
  });

  it.each(RIGHTS)(
    '$role show that $action is missing, with the words of the service',
    async ({ role, action }) => {
      setPolicy(role, kept.get(role)?.replace(`"${action}"`, '"ecs:Nothing"') ?? '');

      const tried = await proofs(role);

      setPolicy(role, kept.get(role) ?? '');
      const isSilent = action === 'ecs:DescribeInstanceStatus';
      expect(tried.get(action)).toMatchObject({ result: isSilent ? 'unclear' : 'refused' });
      expect(tried.get(action)?.words).toContain(
        isSilent ? 'an empty list' : action.startsWith('ots') ? 'OTSNoPermission' : 'Forbidden.RAM',
      );
      const others = [...tried].filter(([right]) => right !== action && right !== UNTRIED);
      expect(others.every(([, { result }]) => result === 'proved')).toBe(true);
    },
  );

  it.each([...new Set(RIGHTS.map(({ role }) => role))])(
    '%s are tried without leaving anything behind',
    async (role) => {
      const tried = await proofs(role);

      const proved = [...tried].filter(([, { result }]) => result === 'proved');
      expect(proved.map(([right]) => right).sort()).toEqual([...triedActionsOf(role)].sort());
      expect([...tried.keys()].sort()).toEqual([...actionsAllowedBy(role)].sort());
    },
  );

  it('have a probe each, whatever a policy in deploy/ allows', () => {
    const all = ['ecs-watch-writer', 'ecs-watch-reader', 'ecs-watch-member'].flatMap(
      actionsAllowedBy,
    );

    expect(all.filter((action) => PROBES[action] === undefined)).toEqual([]);
  });
});

describe('a role that trusts Function Compute alone', () => {
  const WRITER = 'role ecs-watch-writer';
  const trust = (): string => account.cloud.account.ram.role('ecs-watch-writer')?.trustText ?? '';
  let before: string;
  beforeAll(() => {
    before = trust();
  });
  beforeEach(() => {
    account.changes();
  });

  it('is opened to the caller by --prove only, and closed again', async () => {
    const without = await account.setup();
    const untouched = account.changes();
    const ran = await account.setup({ prove: true });

    // One calm line: it is as it should be.
    expect(without.lines.join('\n')).toContain(
      'proved by the first tick after a deployment, or now by npm run setup -- --prove',
    );
    expect(without.lines.join('\n')).not.toMatch(/NoPermission|not tried/u);
    expect(untouched).toEqual([]);
    expect(ran.line('ecs-watch-writer may ots:PutRow')).toBe(
      'ecs-watch-writer may ots:PutRow proved',
    );
    expect(trust()).toBe(before);
    expect(account.changes().map(({ action }) => action)).toEqual(Array(4).fill('UpdateRole'));
  });

  it('is opened for 20 minutes, after which RAM itself refuses the caller', async () => {
    await account.setup({ prove: true });

    const [opening] = account.changes();
    const { Statement } = JSON.parse(String(opening?.parameters.NewAssumeRolePolicyDocument));
    expect(Statement).toEqual([
      ...JSON.parse(before).Statement,
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { RAM: ['acs:ram::1234567890123456:user/operator'] },
        Condition: { DateLessThan: { 'acs:CurrentTime': expect.stringMatching(/T[\d:]+Z$/u) } },
      },
    ]);
    const until = Statement[1].Condition.DateLessThan['acs:CurrentTime'];
    expect(Math.round((Date.parse(until) - Date.now()) / 60_000)).toBe(20);
  });

  it.each([
    ['cannot be assumed', 'sts:AssumeRole'],
    ['cannot be opened', 'ram:UpdateRole'],
  ])('stays as it is where it %s, and the rights are said not to be tried', async (_how, right) => {
    account.cloud.account.ram.userPolicy = denying(right);

    const ran = await account.setup({ prove: true });

    account.cloud.account.ram.userPolicy = undefined;
    expect(ran.line('rights of ecs-watch-writer')).toBe('rights of ecs-watch-writer not tried');
    expect(ran.words('rights of ecs-watch-writer')).toContain('NoPermission');
    expect(ran.line('rights of ecs-watch-reader')).toBe('rights of ecs-watch-reader not tried');
    expect(trust()).toBe(before);
    expect(ran.code).toBe(0);
  });

  it('that cannot be closed is named, and the next setup closes it', async () => {
    const { ram } = account.cloud.account;
    ram.userPolicy = denying('sts:AssumeRole');
    // It waits for the role, and may do nothing more then: as if it had been killed.
    account.onSleep = () => {
      ram.userPolicy = denying('ram:UpdateRole', 'sts:AssumeRole');
    };

    const ran = await account.setup({ prove: true });

    account.onSleep = () => undefined;
    ram.userPolicy = undefined;
    const dry = await account.setup({ dryRun: true });
    const again = await account.setup();
    expect(ran.lines.filter((line) => line.startsWith(`  ${WRITER} `)).at(-1)).toMatch(
      / STILL OPEN$/u,
    );
    expect(ran.lines.join('\n')).toMatch(
      /NoPermission.*The role lets in this key until \S+Z: run setup again, which closes it/u,
    );
    expect(ran.code).toBe(1);
    expect(dry.line(WRITER)).toBe(`${WRITER} differs: would be changed`);
    expect(dry.words(WRITER)).toContain('lets in acs:ram::1234567890123456:user/operator until');
    expect(again.line(WRITER)).toBe(`${WRITER} changed`);
    expect(trust()).toBe(before);
  });
});

function denying(...actions: readonly string[]) {
  return {
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: actions, Resource: '*' },
    ],
  } as const;
}

function setPolicy(name: string, text: string): void {
  const { ram } = account.cloud.account;
  const policy = ram.policy(name);
  const document = parsePolicy(text);
  const [version] = policy?.versions ?? [];
  if (!policy || !version || !document) throw new Error('it is a policy');
  ram.putPolicy({ ...policy, versions: [{ ...version, text, document }] });
}

/** Without the right to invoke a function that setup comes before, of which setup says that it is not tried. */
function triedActionsOf(role: string): readonly string[] {
  return actionsAllowedBy(role).filter((action) => action !== UNTRIED);
}
