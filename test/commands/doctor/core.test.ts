import { examineSteps } from '../../../commands/doctor/core/account.ts';
import { type Address, examineAddress } from '../../../commands/doctor/core/address.ts';
import { examineEcs, examineRegions } from '../../../commands/doctor/core/ecs.ts';
import { allChecks, findings, wrong } from '../../../commands/doctor/core/finding.ts';
import { examineClock, examineIdentity } from '../../../commands/doctor/core/identity.ts';
import { isCutOff, onceForAll } from '../../../commands/doctor/core/network.ts';
import { examineRights } from '../../../commands/doctor/core/rights.ts';
import { examineEndpoint, examineProxies } from '../../../commands/doctor/core/settings.ts';
import { examineView } from '../../../commands/doctor/core/view.ts';
import { NOW_MS } from '../../helpers/examples.ts';

const ADDRESS: Address = {
  what: 'channel slack',
  host: 'hooks.slack.com',
  variable: 'SLACK_WEBHOOK',
};
const DAY_MS = 24 * 60 * 60 * 1000;

function certificate(endsMs: number, distrust: string | null = null) {
  return { kind: 'open', certificate: { endsMs, distrust } } as const;
}

describe('the address of a channel', () => {
  it.each([
    ['good', certificate(NOW_MS + 90 * DAY_MS), undefined],
    ['about to end', certificate(NOW_MS + 3 * DAY_MS), 'note'],
    ['at its end', certificate(NOW_MS), 'problem'],
    ['of another host', certificate(NOW_MS + DAY_MS, 'ERR_TLS_CERT_ALTNAME_INVALID'), 'problem'],
  ] as const)('has a certificate that is %s', (_what, connected, level) => {
    const { findings } = examineAddress(ADDRESS, connected, NOW_MS);

    expect(findings.map((finding) => finding.level)).toEqual(level === undefined ? [] : [level]);
  });
});

describe('the address of the instance', () => {
  const endpoint = 'https://ecs-watch-a1.cn-beijing.ots.aliyuncs.com';

  it('is that of another instance', () => {
    const { findings } = examineEndpoint({ endpoint, instance: 'ecs-watch-b2' }, {});

    expect(findings[0]?.text).toBe(
      'TABLESTORE_ENDPOINT is the address of the instance ecs-watch-a1, and TABLESTORE_INSTANCE is ecs-watch-b2.',
    );
    expect(findings[0]).toMatchObject({ level: 'problem', host: new URL(endpoint).host });
  });

  it('is in another region than the functions, which works', () => {
    const { findings } = examineEndpoint({ endpoint, instance: 'ecs-watch-a1' }, {});

    expect(findings.map(({ level, kind }) => [level, kind])).toEqual([['note', 'instance-region']]);
  });

  it('is that of the instance, in the region of the functions', () => {
    const environment = { DEPLOY_REGION: 'cn-beijing' };

    expect(examineEndpoint({ endpoint, instance: 'ECS-watch-a1' }, environment).findings).toEqual(
      [],
    );
  });
});

describe('a proxy variable', () => {
  it('is a problem where an address is not reached, in whatever case it is spelled', () => {
    const environment = { https_proxy: 'http://user:secret@proxy', HTTP_PROXY: '' };

    const { findings } = examineProxies(environment, true);

    expect(findings).toMatchObject([{ level: 'problem', variables: ['https_proxy'] }]);
    expect(JSON.stringify(findings)).not.toContain('secret');
    expect(examineProxies({}, true).findings).toEqual([]);
  });
});

describe('addresses that are not reached', () => {
  const check = allChecks(
    ['sts', 'tablestore-unreached', 'ecs-unreached'].map((kind) =>
      findings(
        wrong(kind, `${kind} is not reached.`, 'Do something.', { host: `${kind}.example` }),
      ),
    ),
  );

  it('are one problem where no other was reached, and as many as they are else', () => {
    const [only, ...rest] = onceForAll(check, ['127.0.0.1:7821']).findings;

    expect(rest).toEqual([]);
    expect(only).toMatchObject({ kind: 'no-network', level: 'problem' });
    expect(only?.text).toContain(
      'sts.example, tablestore-unreached.example, ecs-unreached.example. The first of them: sts is not reached.',
    );
    expect(isCutOff(onceForAll(check, []))).toBe(true);
    expect(onceForAll(check, ['hooks.slack.com'])).toBe(check);
  });

  it('are not taken for a missing right to list the regions', () => {
    const listing = { kind: 'unanswered', words: 'ENOTFOUND: there is no host' } as const;
    const { facts } = examineRegions(['cn-hangzhou'], listing, () => '');

    expect(facts).toEqual([
      'regions: the ids are not compared: they could not be listed: ENOTFOUND: there is no host',
    ]);
  });
});

describe('a scope that ECS refuses', () => {
  it('is of the role in the other account where the watcher enters it by one', () => {
    const refused = { scope: 'factory/cn-shanghai', problem: 'Forbidden.RAM: no', host: 'h' };

    const [member] = examineEcs([{ ...refused, isOfMember: true }], 0).findings;
    const [own] = examineEcs([refused], 0).findings;

    expect(member?.advice).toContain('npm run setup -- --member');
    expect(own?.advice).not.toContain('--member');
  });
});

describe('the rights of the key', () => {
  it('that one cause keeps from being proved are one line', () => {
    const proof = { role: '', result: 'unclear', words: 'not tried: out of time' } as const;
    const proofs = ['ots:GetRow', 'ots:PutRow'].map((right) => ({ ...proof, right }));

    expect(examineRights(proofs, {}).facts).toEqual([
      'rights of this key: not proved ots:GetRow, ots:PutRow: not tried: out of time',
    ]);
  });
});

describe('the clock', () => {
  const answer = { host: 'sts.aliyuncs.com', identity: { accountId: '1', arn: 'a' } };

  it('may differ a little', () => {
    expect(examineClock({ ...answer, clockAheadMs: 20_000 }).findings).toEqual([]);
  });

  it('is the only mistake of a request that is refused for it', () => {
    const refused = {
      host: 'sts.aliyuncs.com',
      identity: null,
      code: 'InvalidTimeStamp.Expired',
      reason: 'InvalidTimeStamp.Expired: expired',
      clockAheadMs: -3_600_000,
    };

    expect(examineClock(refused).findings[0]?.text).toContain('60 minutes ahead of that of sts');
    expect(examineIdentity(refused).findings).toEqual([]);
  });
});

describe('the view', () => {
  it('is taken for one only if it answers as one', () => {
    const url = 'https://view.example.com';
    const kindOf = (body: unknown) =>
      examineView(url, { kind: 'answered', status: 503, body }).findings[0]?.kind;

    expect(kindOf(undefined)).toBe('view');
    expect(kindOf({ ok: false, degraded: false })).toBe('view-unhealthy');
    expect(kindOf({ ok: true, degraded: true })).toBeUndefined();
  });
});

describe('the account', () => {
  it('needs roles only where functions are deployed, and what cannot be read is no problem', () => {
    const role = {
      what: 'role ecs-watch-writer',
      state: 'missing',
      words: [],
      calls: [],
      needs: [],
    } as const;
    const instance = { ...role, what: 'instance a', state: 'unread', words: ['no right'] } as const;
    const host = 'a.cn-hangzhou.ots.aliyuncs.com';

    const box = examineSteps([instance, role], { hasFunctions: false, host });
    const cloud = examineSteps([instance, role], { hasFunctions: true, host });

    expect(box).toEqual({
      findings: [],
      facts: ['account: this key may not read instance a: no right'],
    });
    expect(cloud.findings).toMatchObject([{ level: 'problem', kind: 'account' }]);
  });
});
