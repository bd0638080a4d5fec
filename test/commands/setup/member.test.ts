import { emptyAccount, type TestAccount } from './world.ts';

const WATCHER = '2000000000000002';

let account: TestAccount;
beforeAll(async () => {
  account = await emptyAccount();
});
afterAll(() => account.cloud.close());

describe('npm run setup -- --member', () => {
  it('makes a role that lets in the watcher of another account, by its external id', async () => {
    const ran = await account.setup({ member: { watcher: WATCHER } });

    const { ram } = account.cloud.account;
    expect(ran.code).toBe(0);
    expect(ran.lines.slice(-4)).toEqual([
      '  accounts:',
      '    - alias: ecs-watch-1234567890123456',
      '      roleArn: acs:ram::1234567890123456:role/ecs-watch-member',
      `      externalId: ${'e'.repeat(32)}`,
    ]);
    expect(ram.role('ecs-watch-member')?.trust.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { RAM: [`acs:ram::${WATCHER}:role/ecs-watch-writer`] },
        Condition: { StringEquals: { 'sts:ExternalId': 'e'.repeat(32) } },
      },
    ]);
  });

  it('keeps the external id that the role asks for', async () => {
    const role = account.cloud.account.ram.role('ecs-watch-member');
    const trustText = role?.trustText.replaceAll('e'.repeat(32), 'of-last-year') ?? '';
    account.cloud.account.ram.putRole({ ...(role as NonNullable<typeof role>), trustText });

    const ran = await account.setup({ member: { watcher: WATCHER } });

    expect(ran.lines).toContain('Nothing to change: everything is there.');
    expect(ran.lines.at(-1)).toContain('of-last-year');
  });

  it('takes another one when it is asked to', async () => {
    const ran = await account.setup({ member: { watcher: WATCHER, externalId: 'new-one' } });

    expect(ran.line('role ecs-watch-member')).toBe('role ecs-watch-member changed');
    expect(ran.lines.at(-1)).toContain('new-one');
  });

  it('needs no instance, and teardown takes only the role and its policy away', async () => {
    account.variables.TABLESTORE_INSTANCE = '';

    const ran = await account.teardown({ member: true });

    expect(ran.line('role ecs-watch-member')).toBe('role ecs-watch-member deleted');
    expect(ran.line('policy ecs-watch-member')).toBe('policy ecs-watch-member deleted');
    expect(ran.code).toBe(0);
  });
});
