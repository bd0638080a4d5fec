import { opened } from '../../../commands/setup/core/opening.ts';
import { parsePolicy } from '../../../local/ram/policy.ts';
import { clientOf, makeForeignTable } from './parts.ts';
import { emptyAccount, type TestAccount } from './world.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await emptyAccount();
  await account.setup();
  account.changes();
});
afterEach(() => account.cloud.close());

const DATA = ['table ecs_watch_journal', 'table ecs_watch_state', 'instance ecs-watch'];

describe('npm run teardown', () => {
  it('removes all that setup has made, after the name of the environment was typed', async () => {
    account.answer = 'ecs-watch';

    const ran = await account.teardown();

    const { ram, instances, alarms } = account.cloud.account;
    expect(ran.code).toBe(0);
    expect(ram.attachments).toEqual([]);
    expect(['writer', 'reader'].map((name) => ram.role(`ecs-watch-${name}`))).toEqual([
      undefined,
      undefined,
    ]);
    expect(['writer', 'reader'].map((name) => ram.policy(`ecs-watch-${name}`))).toEqual([
      undefined,
      undefined,
    ]);
    expect(account.cloud.tablestore.tableNames).toEqual([]);
    expect(instances.all()).toEqual([]);
    expect([...alarms.rules]).toEqual([]);
    expect(
      (await account.teardown({ yes: true })).lines.filter((line) => / deleted$/u.test(line)),
    ).toEqual([]);
  });

  it.each([['yes'], [undefined]])('leaves the history after the answer %s', async (answer) => {
    account.answer = answer;

    const ran = await account.teardown();

    for (const what of DATA) expect(ran.line(what)).toBe(`${what} is left`);
    expect(ran.line('role ecs-watch-writer')).toBe('role ecs-watch-writer deleted');
    expect(account.cloud.tablestore.tableNames).toHaveLength(2);
    expect(ran.lines.at(-1)).toContain(`Left: ${DATA.join(', ')}. The rest is removed.`);
    expect(ran.code).toBe(0);
  });

  it('lists in a dry run what it would delete, and deletes nothing', async () => {
    const ran = await account.teardown({ dryRun: true, yes: true });

    for (const what of DATA) expect(ran.line(what)).toBe(`${what} would be deleted`);
    expect(ran.line('policy ecs-watch-enter')).toBe('policy ecs-watch-enter is not there');
    expect(account.changes()).toEqual([]);
  });

  it('leaves what setup has not made, and an instance with other tables', async () => {
    const { ram } = account.cloud.account;
    const role = ram.role('ecs-watch-reader');
    ram.putRole({ ...(role as NonNullable<typeof role>), description: 'by hand' });
    account.variables.ECS_WATCH_NAME = 'ecs-watch-test';
    await account.setup();
    account.variables.ECS_WATCH_NAME = '';

    const ran = await account.teardown({ yes: true });

    expect(ran.line('role ecs-watch-reader')).toBe('role ecs-watch-reader is left');
    expect(ran.words('role ecs-watch-reader')).toContain('setup has not made it');
    expect(ran.line('policy ecs-watch-reader')).toBe('policy ecs-watch-reader deleted');
    expect(ran.line('instance ecs-watch')).toBe('instance ecs-watch is left');
    expect(ran.words('instance ecs-watch')).toContain('ecs_watch_test_journal');
    expect(ram.role('ecs-watch-test-writer')).toBeDefined();
    expect(account.cloud.tablestore.tableNames).toEqual([
      'ecs_watch_test_journal',
      'ecs_watch_test_state',
    ]);
  });

  it('leaves a table of something else under the same name, and the instance with it', async () => {
    const client = clientOf(account);
    await client.deleteTable({ tableName: 'ecs_watch_state' });
    await makeForeignTable(client, 'ecs_watch_state');

    const ran = await account.teardown({ yes: true });

    expect(ran.line('table ecs_watch_state')).toBe('table ecs_watch_state is left');
    expect(ran.words('table ecs_watch_state')).toContain('it is of something else');
    expect(ran.words('instance ecs-watch')).toContain('has other tables: ecs_watch_state');
    expect(account.cloud.tablestore.tableNames).toEqual(['ecs_watch_state']);
    expect(ran.code).toBe(0);
  });

  it('closes a role that it leaves and --prove has left open', async () => {
    const { ram } = account.cloud.account;
    const role = ram.role('ecs-watch-reader') as NonNullable<ReturnType<typeof ram.role>>;
    const trustText = JSON.stringify(opened(role.trust, 'acs:ram::1:root', Date.now()));
    const trust = parsePolicy(trustText) ?? role.trust;
    ram.putRole({ ...role, description: 'by hand', trustText, trust });

    const dry = await account.teardown({ dryRun: true });
    const ran = await account.teardown({ yes: true });

    for (const { line, words } of [dry, ran]) {
      expect(line('role ecs-watch-reader')).toBe('role ecs-watch-reader is left');
      expect(words('role ecs-watch-reader')).toContain('lets in acs:ram::1:root until');
    }
    expect(ram.role('ecs-watch-reader')?.trustText).toBe(role.trustText);
    expect(ran.code).toBe(0);
  });

  it('names what could not be removed, keeps what needs it, and goes on the next time', async () => {
    account.cloud.account.ram.userPolicy = parsePolicy(
      '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*"},{"Effect":"Deny","Action":"ram:DeleteRole"}]}',
    );

    const ran = await account.teardown({ yes: true });
    account.cloud.account.ram.userPolicy = undefined;
    const again = await account.teardown({ yes: true });

    expect(ran.line('role ecs-watch-writer')).toBe('role ecs-watch-writer FAILED, is still there');
    expect(ran.words('role ecs-watch-writer')).toContain('this key lacks ram:DeleteRole');
    expect(ran.line('policy ecs-watch-writer')).toBe('policy ecs-watch-writer is left');
    expect(ran.code).toBe(1);
    expect(again.line('role ecs-watch-writer')).toBe('role ecs-watch-writer deleted');
    expect(again.line('policy ecs-watch-writer')).toBe('policy ecs-watch-writer deleted');
    expect(again.code).toBe(0);
  });
});
