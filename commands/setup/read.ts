import {
  DescribeContactGroupListRequest,
  DescribeMetricRuleListRequest,
  type DescribeMetricRuleListResponseBodyAlarmsAlarm,
} from '@alicloud/cms20190101';
import {
  GetPolicyRequest,
  GetRoleRequest,
  ListPoliciesForRoleRequest,
} from '@alicloud/ram20150501';
import { GetInstanceRequest, ListInstancesRequest } from '@alicloud/tablestore20201209';
import type { Clients } from './clients.ts';
import type { PolicyDocument } from './core/document.ts';
import type {
  Found,
  FoundAlarm,
  FoundInstance,
  FoundPolicy,
  FoundRole,
  FoundTable,
  Read,
} from './core/found.ts';
import type { Wanted } from './core/wanted.ts';
import { ControlError } from './refusal.ts';
import type { TablesClient } from './tables.ts';

/** Reads what an account has of what is wanted. What cannot be read is said, and the rest is read all the same. */
export async function readAccount(
  wanted: Wanted,
  clients: Clients,
  tables: TablesClient,
): Promise<Found> {
  const { alarms } = wanted;
  const instance =
    wanted.instance === undefined
      ? NONE
      : await readInstance(wanted.instance.name, clients, tables);
  const [foundTables, policies, roles, foundAlarms, contactGroups] = await Promise.all([
    readTables(wanted, instance, tables),
    readAll(wanted.policies, ({ name }) => readPolicy(name, clients)),
    readAll(wanted.roles, ({ name }) => readRole(name, clients)),
    readAlarms(alarms, clients),
    alarms.length === 0 ? NONE : reading(() => readContactGroups(clients)),
  ]);
  return { instance, tables: foundTables, policies, roles, alarms: foundAlarms, contactGroups };
}

const NONE = { kind: 'none' } as const;

async function readAll<T extends { readonly name: string }, U>(
  wanted: readonly T[],
  read: (one: T) => Promise<Read<U>>,
): Promise<ReadonlyMap<string, Read<U>>> {
  return new Map(
    await Promise.all(wanted.map(async (one) => [one.name, await read(one)] as const)),
  );
}

/** By the list: no document says with which code GetInstance answers that there is none. */
function readInstance(
  name: string,
  { tablestore }: Clients,
  tables: TablesClient,
): Promise<Read<FoundInstance>> {
  return reading(async () => {
    let nextToken: string | undefined;
    do {
      const request = new ListInstancesRequest({
        instanceName: name,
        ...(nextToken && { nextToken }),
      });
      const { body } = await tablestore('ListInstances', (client) => client.listInstances(request));
      const isThere = (body?.instances ?? []).some(
        ({ instanceName = '' }) => instanceName.toLowerCase() === name.toLowerCase(),
      );
      if (isThere) return await describeInstance(name, { tablestore }, tables);
      nextToken = body?.nextToken;
    } while (nextToken);
    return undefined;
  });
}

async function describeInstance(
  name: string,
  { tablestore }: Pick<Clients, 'tablestore'>,
  tables: TablesClient,
): Promise<FoundInstance> {
  const { body } = await tablestore('GetInstance', (client) =>
    client.getInstance(new GetInstanceRequest({ instanceName: name })),
  );
  const names = await tables.list().catch(() => undefined);
  return {
    status: body?.instanceStatus ?? 'unknown',
    networks: body?.networkTypeACL ?? [],
    description: body?.instanceDescription ?? '',
    ...(names && { tableNames: names }),
  };
}

/** Where the instance cannot be entered, its tables are there or not. */
async function readTables(
  { tables: wanted, instance }: Wanted,
  found: Read<FoundInstance>,
  tables: TablesClient,
): Promise<ReadonlyMap<string, Read<FoundTable>>> {
  if (found.kind !== 'is') return new Map(wanted.map(({ name }) => [name, found] as const));
  const isOpen = instance !== undefined && found.value.networks.includes(instance.network);
  return isOpen
    ? readAll(wanted, ({ name }) => tables.describe(name))
    : new Map(wanted.map(({ name }) => [name, { kind: 'hidden' }] as const));
}

function readPolicy(policyName: string, { ram }: Clients): Promise<Read<FoundPolicy>> {
  const request = new GetPolicyRequest({ policyName, policyType: 'Custom' });
  return reading(async () => {
    const { body } = await ram('GetPolicy', (client) => client.getPolicy(request));
    return {
      description: body?.policy?.description ?? '',
      document: documentIn(body?.defaultPolicyVersion?.policyDocument),
    };
  });
}

function readRole(roleName: string, { ram }: Clients): Promise<Read<FoundRole>> {
  return reading(async () => {
    const { body } = await ram('GetRole', (client) =>
      client.getRole(new GetRoleRequest({ roleName })),
    );
    const listed = await ram('ListPoliciesForRole', (client) =>
      client.listPoliciesForRole(new ListPoliciesForRoleRequest({ roleName })),
    );
    const policies = listed.body?.policies?.policy ?? [];
    return {
      description: body?.role?.description ?? '',
      trust: documentIn(body?.role?.assumeRolePolicyDocument),
      policies: policies.map(({ policyName = '', policyType = '' }) => ({
        name: policyName,
        type: policyType,
      })),
    };
  });
}

async function readAlarms(
  wanted: Wanted['alarms'],
  { cms }: Clients,
): Promise<ReadonlyMap<string, Read<FoundAlarm>>> {
  if (wanted.length === 0) return new Map();
  const request = new DescribeMetricRuleListRequest({
    ruleIds: wanted.map(({ id }) => id).join(','),
  });
  const list = await reading(async () => {
    const { body } = await cms('DescribeMetricRuleList', (client) =>
      client.describeMetricRuleList(request),
    );
    return body?.alarms?.alarm ?? [];
  });
  return new Map(wanted.map(({ id }) => [id, alarmIn(list, id)]));
}

type Alarm = DescribeMetricRuleListResponseBodyAlarmsAlarm;

function alarmIn(list: Read<readonly Alarm[]>, id: string): Read<FoundAlarm> {
  if (list.kind !== 'is') return list;
  const alarm = list.value.find(({ ruleId }) => ruleId === id);
  if (alarm === undefined) return NONE;
  const critical = alarm.escalations?.critical;
  const value: FoundAlarm = {
    contactGroup: alarm.contactGroups ?? '',
    metric: alarm.metricName ?? '',
    comparison: critical?.comparisonOperator ?? '',
    threshold: critical?.threshold ?? '',
    times: critical?.times ?? 0,
    resources: alarm.resources ?? '',
    noData: alarm.noDataPolicy ?? '',
    isEnabled: alarm.enableState !== false,
  };
  return { kind: 'is', value };
}

async function readContactGroups({ cms }: Clients): Promise<readonly string[]> {
  const { body } = await cms('DescribeContactGroupList', (client) =>
    client.describeContactGroupList(new DescribeContactGroupListRequest({})),
  );
  return body?.contactGroups?.contactGroup ?? [];
}

/** What is not there, and what this key may not read, are answers, too. */
async function reading<T>(read: () => Promise<T | undefined>): Promise<Read<T>> {
  try {
    const value = await read();
    return value === undefined ? NONE : { kind: 'is', value };
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    if (error.code.startsWith('EntityNotExist')) return NONE;
    return { kind: 'unread', words: error.message };
  }
}

/** RAM stores what it was sent, and tools send it with percent signs at times. */
function documentIn(text = ''): PolicyDocument {
  try {
    return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text) as PolicyDocument;
  } catch {
    return { Version: '', Statement: [] };
  }
}
