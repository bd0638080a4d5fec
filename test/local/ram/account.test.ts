import Cms, { DeleteMetricRulesRequest, PutResourceMetricRuleRequest } from '@alicloud/cms20190101';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import Ram, * as ram from '@alicloud/ram20150501';
import Sts, { AssumeRoleRequest } from '@alicloud/sts20150401';
import Tablestore, * as ots from '@alicloud/tablestore20201209';
import {
  LOCAL_ACCOUNT,
  LOCAL_KEYS,
  type LocalCloud,
  startLocalCloud,
} from '../../../local/index.ts';
import { isAllowed, parsePolicy } from '../../../local/ram/policy.ts';
import { SYSTEM_RUNTIME } from '../../../shared/lib/runtime.ts';
import { createClient } from '../../../shared/tablestore/client.ts';
import { createTable } from '../../../shared/tablestore/tables.ts';

const USER = `acs:ram::${LOCAL_ACCOUNT}:user/operator`;

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ isEmpty: true, fleetSize: 1 });
});
afterAll(() => cloud.close());

function config(keys: typeof LOCAL_KEYS | { accessKeyId: string } = LOCAL_KEYS) {
  const endpoint = new URL(cloud.sts.url).host;
  return new $OpenApiUtil.Config({ ...keys, endpoint, protocol: 'http', regionId: 'cn-hangzhou' });
}

function document(statement: object): string {
  return JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', ...statement }] });
}

function trust(principal: object): string {
  return document({ Action: 'sts:AssumeRole', Principal: principal });
}

const roleArn = `acs:ram::${LOCAL_ACCOUNT}:role/reader`;
const assume = () =>
  new Sts(config()).assumeRole(new AssumeRoleRequest({ roleArn, roleSessionName: 'test' }));

describe('an account, by the official clients', () => {
  it('knows who asks', async () => {
    const { body } = await new Sts(config()).getCallerIdentity();

    expect(body).toMatchObject({ accountId: LOCAL_ACCOUNT, arn: USER, identityType: 'RAMUser' });
  });

  it('has instances that are made, opened and deleted', async () => {
    const client = new Tablestore(config());
    const name = { instanceName: 'ecs-watch' };
    const rows = createClient(
      { endpoint: cloud.tablestore.url, instance: 'ecs-watch', credentials: LOCAL_KEYS },
      () => 5_000,
    );
    const refusal = (): Promise<string> => rows.listTable({}).then(() => 'none', String);

    expect(await refusal()).toContain('The instance is not found.');
    await client.createInstance(new ots.CreateInstanceRequest({ ...name, clusterType: 'SSD' }));
    expect(await refusal()).toContain('Request denied by instance ACL policies.');
    await client.updateInstance(
      new ots.UpdateInstanceRequest({ ...name, networkTypeACL: ['VPC', 'INTERNET'] }),
    );
    expect(await refusal()).toBe('none');
    await expect(
      client.createInstance(new ots.CreateInstanceRequest({ ...name, clusterType: 'SSD' })),
    ).rejects.toMatchObject({ code: 'OTSObjectAlreadyExist' });
    const { body } = await client.listInstances(new ots.ListInstancesRequest({}));
    expect(body?.instances?.map(({ instanceName }) => instanceName)).toEqual(['ecs-watch']);

    const table = { name: 't', keys: [{ name: 'k', type: 'STRING' as const }], ttlSeconds: -1 };
    await createTable(rows, table, { runtime: SYSTEM_RUNTIME, redact: (text) => text });
    await expect(client.deleteInstance(new ots.DeleteInstanceRequest(name))).rejects.toMatchObject({
      code: 'OTSInstanceNotEmpty',
    });
  });

  it('lets a role do what its policies allow, as soon as they say so', async () => {
    const client = new Ram(config());
    await client.createRole(
      new ram.CreateRoleRequest({
        roleName: 'reader',
        assumeRolePolicyDocument: trust({ RAM: [USER] }),
      }),
    );
    const keys = (await assume()).body?.credentials;
    const rows = createClient(
      {
        endpoint: cloud.tablestore.url,
        instance: 'ecs-watch',
        credentials: {
          accessKeyId: keys?.accessKeyId ?? '',
          accessKeySecret: keys?.accessKeySecret ?? '',
          securityToken: keys?.securityToken ?? '',
        },
      },
      () => 5_000,
    );
    const refusal = (): Promise<string> =>
      rows.getRow({ tableName: 't', primaryKey: [{ k: 'a' }] }).then(() => 'none', String);

    expect(await refusal()).toContain('OTSNoPermissionAccess');
    const policy = { policyName: 'rows', policyType: 'Custom' };
    const resource = `acs:ots:*:${LOCAL_ACCOUNT}:instance/ecs-watch/table/t*`;
    await client.createPolicy(
      new ram.CreatePolicyRequest({
        policyName: 'rows',
        policyDocument: document({ Action: ['ots:Get*'], Resource: resource }),
      }),
    );
    await client.attachPolicyToRole(
      new ram.AttachPolicyToRoleRequest({ ...policy, roleName: 'reader' }),
    );
    expect(await refusal()).toBe('none');
    await client.createPolicyVersion(
      new ram.CreatePolicyVersionRequest({
        policyName: 'rows',
        policyDocument: document({ Action: 'ots:GetRow', Resource: `${resource}/x` }),
        setAsDefault: true,
      }),
    );
    expect(await refusal()).toContain('OTSNoPermissionAccess');
  });

  it('lets a role be assumed only by callers that its trust policy names', async () => {
    const client = new Ram(config());
    const request = {
      roleName: 'reader',
      newAssumeRolePolicyDocument: trust({ Service: ['fc.aliyuncs.com'] }),
    };
    await client.updateRole(new ram.UpdateRoleRequest(request));

    await expect(assume()).rejects.toMatchObject({ code: 'NoPermission' });
  });

  it('lets a caller in until the time that its trust policy names', async () => {
    const client = new Ram(config());
    const trustUntil = (ms: number) =>
      client.updateRole(
        new ram.UpdateRoleRequest({
          roleName: 'reader',
          newAssumeRolePolicyDocument: document({
            Action: 'sts:AssumeRole',
            Principal: { RAM: [USER] },
            Condition: { DateLessThan: { 'acs:CurrentTime': new Date(ms).toISOString() } },
          }),
        }),
      );

    await trustUntil(Date.now() + 60_000);
    await expect(assume()).resolves.toMatchObject({ statusCode: 200 });
    await trustUntil(Date.now() - 1_000);
    await expect(assume()).rejects.toMatchObject({ code: 'NoPermission' });
  });

  it('keeps roles and policies that are in use', async () => {
    const client = new Ram(config());
    const role = new ram.DeleteRoleRequest({ roleName: 'reader' });
    const policy = new ram.DeletePolicyRequest({ policyName: 'rows' });

    await expect(client.deleteRole(role)).rejects.toMatchObject({
      code: 'DeleteConflict.Role.Policy',
    });
    await expect(client.deletePolicy(policy)).rejects.toMatchObject({
      code: 'DeleteConflict.Policy.Role',
    });
    await client.detachPolicyFromRole(
      new ram.DetachPolicyFromRoleRequest({
        policyName: 'rows',
        policyType: 'Custom',
        roleName: 'reader',
      }),
    );
    await client.deleteRole(role);
    await expect(client.deletePolicy(policy)).rejects.toMatchObject({
      code: 'DeleteConflict.Policy.Version',
    });
    await client.deletePolicy(
      new ram.DeletePolicyRequest({ policyName: 'rows', cascadingDelete: true }),
    );
    await expect(assume()).rejects.toMatchObject({ code: 'EntityNotExist.Role' });
  });

  it('wants a whole condition and a known contact group of an alarm', async () => {
    const client = new Cms(config());
    const critical = {
      statistics: 'Value',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: '0',
      times: 1,
    };
    const rule = { ruleId: 'r', ruleName: 'r', namespace: 'acs_fc', metricName: 'X' };
    const put = (contactGroups: string, condition: object) =>
      client.putResourceMetricRule(
        new PutResourceMetricRuleRequest({
          ...rule,
          contactGroups,
          escalations: { critical: condition },
        }),
      );

    await expect(put('unknown', critical)).rejects.toMatchObject({ code: 'ParameterInvalid' });
    await expect(put('云账号报警联系人', { times: 1 })).rejects.toMatchObject({
      code: 'ParameterInvalid',
    });
    await put('云账号报警联系人', critical);
    expect([...cloud.account.alarms.rules.keys()]).toEqual(['r']);
    await client.deleteMetricRules(new DeleteMetricRulesRequest({ id: ['r'] }));
    expect([...cloud.account.alarms.rules.keys()]).toEqual([]);
  });
});

describe('a policy', () => {
  const decide = (text: string, action: string, resource: string): boolean => {
    const policy = parsePolicy(text);
    if (policy === undefined) throw new Error('it is a policy');
    return isAllowed([policy], action, resource);
  };

  it('allows by wildcards, ignoring the case of actions only', () => {
    const text = document({ Action: 'ots:get*', Resource: 'acs:ots:*:1:instance/a/table/b_?' });

    expect(decide(text, 'ots:GetRow', 'acs:ots:x:1:instance/a/table/b_1')).toBe(true);
    expect(decide(text, 'ots:PutRow', 'acs:ots:x:1:instance/a/table/b_1')).toBe(false);
    expect(decide(text, 'ots:GetRow', 'acs:ots:x:1:instance/a/table/b_12')).toBe(false);
    expect(decide(text, 'ots:GetRow', 'acs:ots:x:1:instance/A/table/b_1')).toBe(false);
  });

  it('denies what one statement denies, whatever another allows', () => {
    const text = JSON.stringify({
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'ots:DeleteTable', Resource: '*' },
      ],
    });

    expect(decide(text, 'ots:DeleteRow', 'x')).toBe(true);
    expect(decide(text, 'ots:DeleteTable', 'x')).toBe(false);
  });

  it('is none without its version, its statements or an effect', () => {
    expect(
      ['', '{}', '{"Version":"2","Statement":[]}', '{"Version":"1","Statement":[{}]}'].map(
        parsePolicy,
      ),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });
});
