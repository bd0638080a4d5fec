import { parsePolicy } from '../../../local/ram/policy.ts';
import { DAMAGES, stateOf } from './parts.ts';
import { emptyAccount, type TestAccount } from './world.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await emptyAccount();
});
afterEach(() => account.cloud.close());

/** Everything but this. */
function without(...actions: readonly string[]) {
  return parsePolicy(
    JSON.stringify({
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: actions, Resource: '*' },
      ],
    }),
  );
}

describe('a key that lacks a right', () => {
  it.each([
    ['ots:CreateInstance', 'instance ecs-watch', 'table ecs_watch_state'],
    ['ots:CreateTable', 'table ecs_watch_journal', undefined],
    [
      'ram:CreatePolicy',
      'policy ecs-watch-writer',
      'policy ecs-watch-writer of role ecs-watch-writer',
    ],
    ['ram:CreateRole', 'role ecs-watch-reader', 'policy ecs-watch-reader of role ecs-watch-reader'],
    ['ram:AttachPolicyToRole', 'policy ecs-watch-writer of role ecs-watch-writer', undefined],
    ['cms:PutResourceMetricRule', 'alarm ecs-watch-watch-fails', undefined],
  ])(
    '%s stops only what needs it, and the next run does the rest',
    async (right, what, waiting) => {
      account.cloud.account.ram.userPolicy = without(right);

      const ran = await account.setup();
      account.cloud.account.ram.userPolicy = undefined;
      const again = await account.setup({ prove: true });
      const last = await account.setup();

      expect(ran.line(what)).toBe(`${what} FAILED, is missing`);
      const [service = ''] = right.split(':');
      if (right === 'ots:CreateTable') {
        expect(ran.words(what)).toContain('OTSNoPermissionAccess');
      } else {
        expect(ran.words(what)).toMatch(new RegExp(`\\(this key lacks ${service}:\\w+\\)`, 'u'));
      }
      if (waiting !== undefined) {
        expect(ran.line(waiting)).toBe(`${waiting} not created`);
        expect(ran.words(waiting)).toContain(`needs `);
      }
      expect(ran.code).toBe(1);
      expect(again.code).toBe(0);
      expect(again.lines.some((line) => line.includes('REFUSED'))).toBe(false);
      expect(last.lines).toContain('Nothing to change: everything is there.');
    },
  );

  it.each([
    ['ots:ListInstances', 'instance ecs-watch'],
    ['ots:DescribeTable', 'table ecs_watch_journal'],
    ['ots:GetInstance', 'instance ecs-watch'],
    ['ram:GetRole', 'role ecs-watch-writer'],
    ['ram:ListPoliciesForRole', 'role ecs-watch-writer'],
    ['ram:GetPolicy', 'policy ecs-watch-writer'],
    ['cms:DescribeMetricRuleList', 'alarm ecs-watch-watch-fails'],
  ])('%s is named, and nothing is taken for missing because of it', async (right, what) => {
    await account.setup();
    account.changes();
    account.cloud.account.ram.userPolicy = without(right);

    const ran = await account.setup();

    expect(ran.line(what)).toBe(`${what} CANNOT BE READ`);
    expect(ran.words(what)).toMatch(/lacks|OTSNoPermissionAccess/u);
    expect(account.changes()).toEqual([]);
    expect(ran.code).toBe(1);
  });
});

describe('a key that may change nothing', () => {
  it.each([
    ['policy ecs-watch-reader', 'with a right that it should not have', 'ram:CreatePolicyVersion'],
    ['role ecs-watch-reader', 'that trusts a stranger as well', 'ram:UpdateRole'],
    ['instance ecs-watch', 'closed to the Internet', 'ots:UpdateInstance'],
    ['table ecs_watch_state', 'that forgets its rows after a day', 'ots:UpdateTable'],
  ])('leaves the %s %s, and names the right %s', async (what, how, right) => {
    const { damage } = DAMAGES.find((one) => one.what === what && one.how === how) ?? {};
    await account.setup();
    const whole = await stateOf(account);
    await damage?.(account);
    const damaged = await stateOf(account);
    account.cloud.account.ram.userPolicy = without(right);

    const ran = await account.setup();

    account.cloud.account.ram.userPolicy = undefined;
    expect(ran.line(what)).toBe(`${what} FAILED, differs`);
    expect(ran.words(what)).toContain(
      right === 'ots:UpdateTable' ? 'OTSNoPermissionAccess' : `(this key lacks ${right})`,
    );
    expect(ran.code).toBe(1);
    expect(await stateOf(account)).toEqual(damaged);
    expect((await account.setup()).code).toBe(0);
    expect(await stateOf(account)).toEqual(whole);
  });
});

describe('a key that may make everything', () => {
  it('need not list tables, nor the groups of CloudMonitor', async () => {
    const { damage } = DAMAGES.find(({ how }) => how === 'closed to the Internet') ?? {};
    await account.setup();
    await damage?.(account);
    account.cloud.account.ram.userPolicy = without('ots:ListTable', 'cms:DescribeContactGroupList');

    const ran = await account.setup();

    expect(ran.lines).toContain('1 of 11 made or changed: everything is there now.');
    expect(ran.code).toBe(0);
  });
});

describe('a service that cannot be asked', () => {
  it('is named with its host and its variable', async () => {
    account.variables.RAM_ENDPOINT = 'http://127.0.0.1:9';

    const ran = await account.setup();

    expect(ran.line('role ecs-watch-writer')).toBe('role ecs-watch-writer CANNOT BE READ');
    expect(ran.words('role ecs-watch-writer')).toContain('127.0.0.1:9 (RAM_ENDPOINT) ');
    expect(ran.line('table ecs_watch_state')).toBe('table ecs_watch_state created');
  });
});
