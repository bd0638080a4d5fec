import { type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { type AccountKeys, accountKeys, RENEWAL_MARGIN_MS } from '../../shared/ecs/account-keys.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { NOW_MS } from '../helpers/examples.ts';
import { deadAddress, withServer } from '../helpers/http-server.ts';
import { failure } from '../helpers/inventory.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const EXTERNAL_ID = 'external-id-of-the-factory';
const ROLE = { arn: 'acs:ram::2000000000000002:role/watched', externalId: EXTERNAL_ID };
const OWN = {
  accessKeyId: 'LTAIlocalcloud0000000000',
  accessKeySecret: 'secret-of-the-local-cloud-00000',
};
const HOUR_MS = 3_600_000;
const SCOPE = { key: 'factory/cn-hangzhou', account: 'factory', regionId: 'cn-hangzhou' };

let cloud: LocalCloud;
let runtime: ReturnType<typeof virtualRuntime>;
let sessions: ReturnType<typeof newSessions>;

beforeEach(async () => {
  runtime = virtualRuntime(NOW_MS);
  sessions = newSessions();
  cloud = await startLocalCloud({
    clock: runtime.clock,
    fleetSize: 1,
    accounts: [{ role: ROLE, fleetSize: 2 }],
  });
});
afterEach(() => cloud.close());

/** The keys as one tick has them. */
function aTick(options: Partial<Parameters<typeof accountKeys>[0]> = {}): AccountKeys {
  return accountKeys({
    own: OWN,
    roles: new Map([['factory', ROLE]]),
    sessions,
    runtime,
    redact: redactor([EXTERNAL_ID]),
    endpoint: cloud.sts.url,
    ...options,
  });
}

const keysIn = (tick: AccountKeys, account = 'factory'): Promise<Credentials> =>
  tick.keysOf(account, runtime.now() + 30_000);

describe('the keys of an account', () => {
  it('are the own ones without a role, and those of the role with one', async () => {
    const tick = aTick();

    expect(await keysIn(tick, 'main')).toBe(OWN);
    expect((await keysIn(tick)).accessKeyId).toMatch(/^STS\./u);
    expect([...tick.states()]).toEqual([['factory', null]]);
  });

  it('are asked for once, however many regions need them at the same time', async () => {
    const tick = aTick();

    const keys = await Promise.all(Array.from({ length: 30 }, () => keysIn(tick)));

    expect(new Set(keys).size).toBe(1);
    expect(cloud.sts.calls).toBe(1);
  });

  it('are kept from tick to tick until shortly before their end', async () => {
    const first = await keysIn(aTick());
    runtime.clock.advance(HOUR_MS - RENEWAL_MARGIN_MS - 1);
    expect(await keysIn(aTick())).toBe(first);
    runtime.clock.advance(1);

    expect(await keysIn(aTick())).not.toBe(first);
    expect(cloud.sts.calls).toBe(2);
  });

  it('are used to their end when STS does not answer', async () => {
    const first = await keysIn(aTick());
    runtime.clock.advance(HOUR_MS - 1);
    const tick = aTick({ endpoint: await deadAddress() });

    expect(await keysIn(tick)).toBe(first);
    expect([...tick.states()]).toEqual([['factory', null]]);
    runtime.clock.advance(1);
    await expect(keysIn(tick)).rejects.toMatchObject({ kind: 'transient', code: 'ECONNREFUSED' });
  });

  it('are asked for once a tick while STS does not answer and the old ones are good', async () => {
    const first = await keysIn(aTick());
    runtime.clock.advance(HOUR_MS - 1);
    let requests = 0;
    await withServer(
      (_request, response) => {
        requests += 1;
        response.writeHead(503).end();
      },
      async (endpoint) => {
        const tick = aTick({ endpoint });

        expect([await keysIn(tick), await keysIn(tick)]).toEqual([first, first]);
        expect(requests).toBe(1);
      },
    );
  });

  it('are not used any more when the role is gone', async () => {
    await keysIn(aTick());
    runtime.clock.advance(HOUR_MS - 1);
    cloud.sts.directory.removeRole(ROLE.arn);

    await expect(keysIn(aTick())).rejects.toMatchObject({ code: 'EntityNotExist.Role' });
  });

  it('are not asked for again in a tick in which they were refused', async () => {
    cloud.sts.directory.removeRole(ROLE.arn);
    const tick = aTick();

    for (let region = 0; region < 30; region += 1) await failure(keysIn(tick));

    expect(cloud.sts.calls).toBe(1);
    await failure(keysIn(aTick()));
    expect(cloud.sts.calls).toBe(2);
  });

  it('appear in no text, and neither do those that were replaced', async () => {
    const first = await keysIn(aTick());
    runtime.clock.advance(HOUR_MS);
    const second = await keysIn(aTick());

    const text = sessions.redact(JSON.stringify([first, second]));

    for (const key of [...Object.values(first), ...Object.values(second)]) {
      expect(text).not.toContain(key);
    }
  });
});

describe('an account that cannot be entered', () => {
  it.each([
    [
      'the role is gone',
      () => cloud.sts.directory.removeRole(ROLE.arn),
      /^EntityNotExist\.Role: the role does not exist: .* \(STS says: The specified Role not exists\.\) \(request [0-9A-F-]{36}\)$/u,
    ],
    [
      'the external id is another one',
      () => cloud.sts.directory.putRole({ ...ROLE, externalId: 'another' }),
      /^NoPermission: the role does not let the watcher in: .* \(STS says: You are not authorized/u,
    ],
  ])('says why, in the words of STS: %s', async (_what, change, words) => {
    change();
    const tick = aTick();

    const error = await failure(keysIn(tick));

    expect(error.kind).toBe('refused');
    expect(reasonOf(error)).toMatch(words);
    expect(tick.states().get('factory')).toBe(error);
  });

  it.each([
    ['is throttled', 400, { Code: 'Throttling.User', Message: 'flow control' }, 'transient'],
    ['answers 503', 503, { Code: 'ServiceUnavailable' }, 'transient'],
    ['gives no keys', 200, { Credentials: { AccessKeyId: 'STS.x' } }, 'malformed'],
    ['echoes the external id', 403, { Code: 'NoPermission', Message: EXTERNAL_ID }, 'refused'],
  ])('when STS %s', async (_what, status, body, kind) => {
    await withServer(
      (_request, response) => response.writeHead(status).end(JSON.stringify(body)),
      async (endpoint) => {
        const error = await failure(keysIn(aTick({ endpoint })));

        expect(error.kind).toBe(kind);
        expect(error.message).not.toContain(EXTERNAL_ID);
      },
    );
  });
});

describe('an inventory over several accounts', () => {
  const inventoryOf = (accounts: AccountKeys) =>
    ecsInventory({
      credentials: OWN,
      accounts,
      endpoint: cloud.ecs.url,
      runtime,
      redact: (text) => text,
    });
  const page = (accounts: AccountKeys) =>
    inventoryOf(accounts).page(SCOPE, 1, runtime.now() + 30_000);

  it('shows each account its own instances', async () => {
    const main = { key: 'main/cn-hangzhou', account: 'main', regionId: 'cn-hangzhou' };
    const own = await inventoryOf(aTick()).page(main, 1, runtime.now() + 30_000);

    expect([own.rows, (await page(aTick())).rows]).toEqual([1, 2]);
  });

  it('takes new keys once when ECS does not accept the old ones any more', async () => {
    await page(aTick());
    cloud.sts.directory.removeRole(ROLE.arn);
    cloud.sts.directory.putRole(ROLE);

    expect((await page(aTick())).rows).toBe(2);
    expect(cloud.sts.calls).toBe(2);
  });

  it('asks STS once a tick, however often ECS refuses the keys', async () => {
    cloud.ecs.setFaults([{ kind: 'error', code: 'InvalidSecurityToken.Expired', status: 400 }]);
    const tick = aTick();

    await failure(page(tick));
    await failure(page(tick));

    expect(cloud.sts.calls).toBe(2);
    expect(tick.states().get('factory')).toBeNull();
  });
});
