import { parseJson } from '../../../shared/core/json.ts';
import type { Call } from './call.ts';
import { differences, isSameDocument, type PolicyDocument } from './document.ts';
import {
  type Found,
  type FoundAlarm,
  type FoundInstance,
  type FoundTable,
  type Read,
  readOf,
} from './found.ts';
import { closed, openingWords } from './opening.ts';
import type { Step } from './step.ts';
import type { Wanted, WantedAlarm, WantedInstance, WantedTable } from './wanted.ts';

interface Rules {
  /** What setup has not made is changed, too. */
  readonly adopt: boolean;
}

/** What it takes until an account has what is wanted, in the order in which it must be done. */
export function planSetup(wanted: Wanted, found: Found, rules: Rules): readonly Step[] {
  const { instance, mark } = wanted;
  return [
    ...(instance === undefined ? [] : [instanceStep(instance, found.instance, { ...rules, mark })]),
    ...wanted.tables.map((table) =>
      tableStep(table, readOf(found.tables, table.name), instance?.name ?? ''),
    ),
    ...wanted.policies.map((policy) => policyStep(policy, found, { ...rules, mark })),
    ...wanted.roles.flatMap((role) => [
      roleStep(role, found, { ...rules, mark }),
      ...role.policies.map((policy) => attachmentStep(role.name, policy, found)),
    ]),
    ...wanted.alarms.map((alarm) => alarmStep(alarm, found)),
  ];
}

type Marked = Rules & { readonly mark: string };

/** A new instance is of the type that every region has. Source: model of CreateInstanceRequest. */
const INSTANCE_TYPE = 'SSD';

/** @throws never: what cannot be read is a step, too */
function instanceStep(
  { name, network }: WantedInstance,
  found: Read<FoundInstance>,
  { adopt, mark }: Marked,
): Step {
  const what = instanceNamed(name);
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') {
    const parameters = {
      instanceName: name,
      clusterType: INSTANCE_TYPE,
      instanceDescription: mark,
      // The console and other functions of the account come through a VPC.
      networkTypeACL: network === 'VPC' ? ['VPC'] : ['VPC', 'INTERNET'],
    };
    return missing(what, [{ service: 'tablestore', action: 'CreateInstance', parameters }]);
  }
  const { status, networks, description } = found.value;
  if (status !== 'normal') {
    return wrong(what, [
      `is ${status}: open it in the Tablestore console, or set TABLESTORE_INSTANCE to another one`,
    ]);
  }
  if (networks.includes(network)) return exists(what, notOurs(description, mark));
  const words = `its network ACL does not allow ${network}`;
  const call: Call = {
    service: 'tablestore',
    action: 'UpdateInstance',
    parameters: { instanceName: name, networkTypeACL: [...networks, network] },
  };
  return changed(what, [words], [call], { adopt, isOurs: description === mark });
}

function tableStep(
  { name, keys, ttlSeconds }: WantedTable,
  found: Read<FoundTable>,
  instance: string,
): Step {
  const what = tableNamed(name);
  const needs = [instanceNamed(instance)];
  if (found.kind === 'hidden') {
    const words = ['the instance is closed to this network'];
    return { what, state: 'hidden', words, calls: [], needs: [] };
  }
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') {
    const create: Call = {
      service: 'tables',
      action: 'CreateTable',
      parameters: { tableName: name },
    };
    return { ...missing(what, [create]), needs };
  }
  const { keys: foundKeys, ttlSeconds: foundSeconds } = found.value;
  if (!isSameKey(foundKeys, keys)) {
    return wrong(what, [
      `${ofSomethingElse(foundKeys, keys)}. ` +
        'Set TABLESTORE_TABLE_PREFIX to another start of the names, or delete the table',
    ]);
  }
  if (foundSeconds === ttlSeconds) return exists(what);
  const text = `keeps its rows for ${ttlText(foundSeconds)}, not ${ttlText(ttlSeconds)}`;
  // A shorter time would delete history that a user has chosen to keep.
  if (isLonger(foundSeconds, ttlSeconds)) return exists(what, [`${text}: left as it is`]);
  const update: Call = {
    service: 'tables',
    action: 'UpdateTable',
    parameters: { tableName: name, timeToLive: ttlSeconds },
  };
  return { what, state: 'differs', words: [text], calls: [update], needs };
}

function policyStep(
  { name, document }: Wanted['policies'][number],
  { policies }: Found,
  { adopt, mark }: Marked,
): Step {
  const what = policyNamed(name);
  const found = readOf(policies, name);
  const text = JSON.stringify(document);
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') {
    const parameters = { policyName: name, policyDocument: text, description: mark };
    return missing(what, [{ service: 'ram', action: 'CreatePolicy', parameters }]);
  }
  const { description, document: foundDocument } = found.value;
  if (isSameDocument(foundDocument, document)) return exists(what, notOurs(description, mark));
  const call: Call = {
    service: 'ram',
    action: 'CreatePolicyVersion',
    parameters: {
      policyName: name,
      policyDocument: text,
      setAsDefault: true,
      // A policy has five versions at most.
      rotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
    },
  };
  const words = differences(foundDocument, document);
  return changed(what, words, [call], { adopt, isOurs: description === mark });
}

function roleStep(
  { name, trust, policies }: Wanted['roles'][number],
  { roles }: Found,
  { adopt, mark }: Marked,
): Step {
  const what = roleNamed(name);
  const found = readOf(roles, name);
  const text = JSON.stringify(trust);
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') {
    const parameters = { roleName: name, assumeRolePolicyDocument: text, description: mark };
    return missing(what, [{ service: 'ram', action: 'CreateRole', parameters }]);
  }
  const { description, trust: foundTrust, policies: attached } = found.value;
  const others = attached.filter(
    (policy) => policy.type !== 'Custom' || !policies.includes(policy.name),
  );
  const notes = others.map(
    (policy) => `also has the ${policy.type} policy ${policy.name}, which ecs-watch does not need`,
  );
  const { trust: before, openings } = closed(foundTrust);
  const opened = openings.map(openingWords);
  const isSame = isSameDocument(before, trust);
  if (isSame && openings.length === 0) {
    return exists(what, [...notOurs(description, mark), ...notes]);
  }
  const calls = [updateTrust(name, trust)];
  const words = differences(before, trust).map((difference) => `trust policy: ${difference}`);
  // What --prove has opened is closed, also in a role that setup has not made.
  if (isSame) return { what, state: 'differs', words: [...opened, ...notes], calls, needs: [] };
  const rules = { adopt, isOurs: description === mark };
  return changed(what, [...opened, ...words, ...notes], calls, rules);
}

/** Replaces the trust policy of a role. */
export function updateTrust(roleName: string, trust: PolicyDocument): Call {
  const newAssumeRolePolicyDocument = JSON.stringify(trust);
  return {
    service: 'ram',
    action: 'UpdateRole',
    parameters: { roleName, newAssumeRolePolicyDocument },
  };
}

function attachmentStep(roleName: string, policyName: string, { roles }: Found): Step {
  const what = `policy ${policyName} of role ${roleName}`;
  const found = readOf(roles, roleName);
  const isThere =
    found.kind === 'is' &&
    found.value.policies.some(({ name, type }) => name === policyName && type === 'Custom');
  if (isThere) return exists(what);
  const parameters = { policyType: 'Custom', policyName, roleName };
  return {
    ...missing(what, [{ service: 'ram', action: 'AttachPolicyToRole', parameters }]),
    needs: [policyNamed(policyName), roleNamed(roleName)],
  };
}

/** Source: Function Compute "Monitoring data", Project; CloudMonitor's list of metrics, Statistics. */
const NAMESPACE = 'acs_fc';
const STATISTICS = 'Value';
const PERIOD_SECONDS = '60';

function alarmStep(alarm: WantedAlarm, { alarms, contactGroups }: Found): Step {
  const what = alarmNamed(alarm.id);
  const found = readOf(alarms, alarm.id);
  if (found.kind === 'unread') return unread(what, found.words);
  if (contactGroups.kind === 'is' && !contactGroups.value.includes(alarm.contactGroup)) {
    const known = contactGroups.value.join(', ') || 'none';
    return wrong(what, [
      `there is no contact group ${alarm.contactGroup} (there is ${known}): correct ` +
        'ALARM_CONTACT_GROUP, or create the group in the CloudMonitor console',
    ]);
  }
  const calls = [putAlarm(alarm)];
  if (found.kind !== 'is') return missing(what, calls);
  const words = alarmDifferences(found.value, alarm);
  return words.length === 0 ? exists(what) : { what, state: 'differs', words, calls, needs: [] };
}

function putAlarm(alarm: WantedAlarm): Call {
  const { id, contactGroup, metric, resources, comparison, threshold, times, noData } = alarm;
  return {
    service: 'cms',
    action: 'PutResourceMetricRule',
    parameters: {
      ruleId: id,
      ruleName: id,
      namespace: NAMESPACE,
      metricName: metric,
      resources,
      contactGroups: contactGroup,
      period: PERIOD_SECONDS,
      escalations: {
        critical: { statistics: STATISTICS, comparisonOperator: comparison, threshold, times },
      },
      ...(noData && { noDataPolicy: noData }),
    },
  };
}

function alarmDifferences(found: FoundAlarm, wanted: WantedAlarm): readonly string[] {
  const compared = ['metric', 'comparison', 'threshold', 'times', 'contactGroup'] as const;
  const different = compared
    .filter((name) => String(found[name]) !== String(wanted[name]))
    .map((name) => `${name} is ${found[name] || 'not set'}, not ${wanted[name]}`);
  return [
    ...different,
    ...(isSameResource(found.resources, wanted.resources) ? [] : ['is of another function']),
    ...(wanted.noData === undefined || found.noData === wanted.noData
      ? []
      : [`noDataPolicy is ${found.noData || 'not set'}, not ${wanted.noData}`]),
    ...(found.isEnabled ? [] : ['is disabled']),
  ];
}

/** Both are JSON of one resource, whose fields may come back in another order. */
function isSameResource(found: string, wanted: string): boolean {
  if (found === '') return true;
  const fields = (text: string): string =>
    JSON.stringify(
      [parseJson(text)].flat().map((one) => Object.entries(Object(one)).map(String).sort()),
    );
  return fields(found) === fields(wanted);
}

// --- What steps are called

export function instanceNamed(name: string): string {
  return `instance ${name}`;
}

export function tableNamed(name: string): string {
  return `table ${name}`;
}

export function policyNamed(name: string): string {
  return `policy ${name}`;
}

export function roleNamed(name: string): string {
  return `role ${name}`;
}

export function alarmNamed(id: string): string {
  return `alarm ${id}`;
}

// --- Steps of each state

function exists(what: string, words: readonly string[] = []): Step {
  return { what, state: 'exists', words, calls: [], needs: [] };
}

function missing(what: string, calls: readonly Call[]): Step {
  return { what, state: 'missing', words: [], calls, needs: [] };
}

function wrong(what: string, words: readonly string[]): Step {
  return { what, state: 'wrong', words, calls: [], needs: [] };
}

function unread(what: string, words: string): Step {
  return { what, state: 'unread', words: [words], calls: [], needs: [] };
}

/** What differs is changed if setup has made it, or if the user says so. */
function changed(
  what: string,
  words: readonly string[],
  calls: readonly Call[],
  { adopt, isOurs }: { readonly adopt: boolean; readonly isOurs: boolean },
): Step {
  if (isOurs || adopt) return { what, state: 'differs', words, calls, needs: [] };
  const cure =
    'setup has not made it: say --adopt to have it changed, or choose another ECS_WATCH_NAME';
  return { what, state: 'foreign', words: [...words, cure], calls: [], needs: [] };
}

function notOurs(description: string, mark: string): readonly string[] {
  return description === mark ? [] : ['setup has not made it, and teardown will leave it'];
}

export function ofSomethingElse(found: WantedTable['keys'], wanted: WantedTable['keys']): string {
  return `has the primary key (${keyText(found)}), not (${keyText(wanted)}): it is of something else`;
}

export function isSameKey(found: WantedTable['keys'], wanted: WantedTable['keys']): boolean {
  return keyText(found) === keyText(wanted);
}

function keyText(keys: WantedTable['keys']): string {
  return keys.map(({ name, type }) => `${name} ${type}`).join(', ');
}

const DAY_SECONDS = 24 * 60 * 60;

function ttlText(seconds: number): string {
  return seconds < 0 ? 'ever' : `${Math.floor(seconds / DAY_SECONDS)} days`;
}

function isLonger(found: number, wanted: number): boolean {
  return wanted >= 0 && (found < 0 || found > wanted);
}
