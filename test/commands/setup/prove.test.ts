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

const WRITER = actionsAllowedBy('ecs-watch-writer');

/** The rights of the writer, tried with keys of the role as it is now. */
async function proofs() {
  const { sts, tablestore, ecs } = account.cloud;
  const role = sts.directory.role('acs:ram::1234567890123456:role/ecs-watch-writer');
  if (role === undefined) throw new Error('the role is there');
  const tried = await proveRights({
    role: 'ecs-watch-writer',
    credentials: sts.directory.issue(role, 900).key,
    document: wanted(),
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

const full = (): string =>
  account.cloud.account.ram.policy('ecs-watch-writer')?.versions[0]?.text ?? '';
let kept = '';
const wanted = (): PolicyDocument => JSON.parse(kept);

describe('the rights of a role', () => {
  beforeAll(() => {
    kept = full();
  });

  it.each(WRITER)('show that %s is missing, with the words of the service', async (action) => {
    setPolicy(kept.replace(`"${action}"`, '"ecs:Nothing"'));

    const tried = await proofs();

    const isSilent = action === 'ecs:DescribeInstanceStatus';
    expect(tried.get(action)).toMatchObject({ result: isSilent ? 'unclear' : 'refused' });
    expect(tried.get(action)?.words).toContain(
      isSilent ? 'an empty list' : action.startsWith('ots') ? 'OTSNoPermission' : 'Forbidden.RAM',
    );
    const others = [...tried].filter(([right]) => right !== action);
    expect(others.every(([, { result }]) => result === 'proved')).toBe(true);
  });

  it('are tried without leaving anything behind', async () => {
    setPolicy(kept);

    const tried = await proofs();

    expect([...tried.values()].every(({ result }) => result === 'proved')).toBe(true);
    expect([...tried.keys()].sort()).toEqual([...WRITER].sort());
  });

  it('have a probe each, whatever a policy in deploy/ allows', () => {
    const all = ['ecs-watch-writer', 'ecs-watch-reader', 'ecs-watch-member'].flatMap(
      actionsAllowedBy,
    );

    expect(all.filter((action) => PROBES[action] === undefined)).toEqual([]);
  });
});

describe('a role that trusts Function Compute alone', () => {
  it('is opened to the caller by --prove only, and closed again', async () => {
    const trust = (): string => account.cloud.account.ram.role('ecs-watch-writer')?.trustText ?? '';
    const before = trust();
    account.changes();

    const without = await account.setup();
    const untouched = account.changes();
    const ran = await account.setup({ prove: true });

    expect(without.words('rights of ecs-watch-writer')).toContain('Say --prove');
    expect(untouched).toEqual([]);
    expect(ran.line('ecs-watch-writer may ots:PutRow')).toBe(
      'ecs-watch-writer may ots:PutRow proved',
    );
    expect(trust()).toBe(before);
    expect(account.changes().map(({ action }) => action)).toEqual(Array(4).fill('UpdateRole'));
  });
});

function setPolicy(text: string): void {
  const { ram } = account.cloud.account;
  const policy = ram.policy('ecs-watch-writer');
  const document = parsePolicy(text);
  const [version] = policy?.versions ?? [];
  if (!policy || !version || !document) throw new Error('it is a policy');
  ram.putPolicy({ ...policy, versions: [{ ...version, text, document }] });
}
