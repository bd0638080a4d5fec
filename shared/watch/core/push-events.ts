import { INSTANCE_ID, REGION_ID, type Scope } from '../../core/model.ts';
import { quoted } from '../../core/quoted.ts';
import { allowedRegions } from '../../core/region-pattern.ts';
import { scopesOf, type Target } from '../../core/target.ts';
import { MINUTE_MS } from '../../core/time.ts';

/**
 * State-change events of ECS: which instance to ask for at once. What they say of its status is not
 * read. They may come late, twice, in another order or not at all, and ECS itself is asked.
 */

/** An event, as far as it is believed; or why it is no event for this function. */
export type ReadEvent =
  | {
      readonly kind: 'change';
      /** The number of the account, not its alias. */
      readonly accountId: string;
      readonly regionId: string;
      readonly instanceId: string;
      /** Null: it says no time. */
      readonly atMs: number | null;
    }
  | { readonly kind: 'refused'; readonly why: string };

/** No event of an invocation is for this function. The message says why; nothing was read or written. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

type Fields = Readonly<Record<string, unknown>>;

/** Does an invocation bring events, in a shape of EventBridge or of CloudMonitor? */
export function bringsEvents(value: unknown): boolean {
  const fields = fieldsOf(value);
  return Array.isArray(value) || 'specversion' in fields || 'product' in fields;
}

/** One event, or a list of them. */
export function readEvents(value: unknown): readonly ReadEvent[] {
  const events: readonly unknown[] = Array.isArray(value) ? value : [value];
  return events.map((event) => {
    const fields = fieldsOf(event);
    return 'specversion' in fields ? readCloudEvent(fields) : readCloudMonitorEvent(fields);
  });
}

/** EventBridge, "ECS events": CloudEvents 1.0 with extensions whose names begin with `aliyun`. */
function readCloudEvent(event: Fields): ReadEvent {
  const { source, type, time, aliyunregionid, aliyunaccountid, aliyunoriginalaccountid } = event;
  if (source !== 'acs.ecs' || type !== 'ecs:Instance:StateChange') {
    return refused(
      `an event of ${quoted(source)} with the type ${quoted(type)} says nothing of a status: the rule of ` +
        'EventBridge is to let through acs.ecs, ecs:Instance:StateChange',
    );
  }
  return readChange({
    // An event that another account has sent to this one's bus is about an instance of that account.
    accountId: aliyunoriginalaccountid ?? aliyunaccountid,
    regionId: aliyunregionid,
    instanceId: fieldsOf(event.data).resourceId,
    atMs: timeIn(time),
  });
}

/** CloudMonitor, "System event": `Instance:StateChange`, whose `eventTime` is `20190409T121826.922+0800`. */
function readCloudMonitorEvent(event: Fields): ReadEvent {
  const { product, name, userId, regionId, content, eventTime } = event;
  if (product !== 'ECS' || name !== 'Instance:StateChange') {
    return refused(
      `an event of ${quoted(product)} with the name ${quoted(name)} says nothing of a status: only ` +
        'ECS, Instance:StateChange does',
    );
  }
  const instanceId = fieldsOf(content).resourceId;
  return readChange({ accountId: userId, regionId, instanceId, atMs: timeIn(eventTime) });
}

function readChange(found: {
  readonly accountId: unknown;
  readonly regionId: unknown;
  readonly instanceId: unknown;
  readonly atMs: number | null;
}): ReadEvent {
  const { regionId, instanceId, atMs } = found;
  const accountId = Number.isSafeInteger(found.accountId)
    ? String(found.accountId)
    : found.accountId;
  if (typeof accountId !== 'string' || !/^\d{1,32}$/u.test(accountId)) {
    return refused(`an event names the account ${quoted(accountId)}, which is no number of one`);
  }
  if (typeof regionId !== 'string' || !REGION_ID.test(regionId)) {
    return refused(`an event names the region ${quoted(regionId)}, which is no region id`);
  }
  if (typeof instanceId !== 'string' || !INSTANCE_ID.test(instanceId)) {
    return refused(`an event names the instance ${quoted(instanceId)}, which is no instance id`);
  }
  return { kind: 'change', accountId, regionId, instanceId, atMs };
}

function refused(why: string): ReadEvent {
  return { kind: 'refused', why };
}

const COMPACT_TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d+)?)([+-]\d\d)(\d\d)$/u;

function timeIn(value: unknown): number | null {
  const text =
    typeof value === 'string' ? value.replace(COMPACT_TIME, '$1-$2-$3T$4:$5:$6$7:$8') : '';
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** The instances of one scope that ECS is to be asked for. */
export interface AskedScope {
  readonly scope: Scope;
  readonly instanceIds: readonly string[];
}

export interface PushPlan {
  readonly asked: readonly AskedScope[];
  /** Why events change nothing that are no mistake: stale ones, and those of what is not watched. */
  readonly ignored: readonly string[];
  /** Why events were refused: malformed ones, and those of other accounts. */
  readonly refused: readonly string[];
}

/** What is watched, and by which numbers events name its accounts. */
export interface PushedFleet {
  readonly targets: readonly Target[];
  /** The number of an account → its aliases in the configuration. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
  readonly nowMs: number;
}

/** Polling has looked since, several times; an event that is older than this saves no time. */
const MAX_EVENT_AGE_MS = 5 * MINUTE_MS;

/** Which instances are to be asked for, each once, however many events name it. */
export function planPush(events: readonly ReadEvent[], fleet: PushedFleet): PushPlan {
  const asked = new Map<string, { readonly scope: Scope; readonly ids: Set<string> }>();
  const ignored: string[] = [];
  const refused: string[] = [];
  for (const event of events) {
    if (event.kind === 'refused') {
      refused.push(event.why);
      continue;
    }
    const { accountId, regionId, instanceId, atMs } = event;
    const aliases = fleet.accounts.get(accountId);
    if (aliases === undefined) {
      refused.push(
        `an event is of the account ${accountId}, which this environment does not watch`,
      );
      continue;
    }
    if (atMs !== null && fleet.nowMs - atMs > MAX_EVENT_AGE_MS) {
      const minutes = Math.floor((fleet.nowMs - atMs) / MINUTE_MS);
      ignored.push(
        `${instanceId}: its event is ${minutes} minutes old, and polling has looked since`,
      );
      continue;
    }
    const scopes = scopesWith(fleet.targets, aliases, regionId, instanceId);
    if (scopes.length === 0) {
      ignored.push(`${instanceId} of ${accountId} in ${regionId} is not watched`);
    }
    for (const scope of scopes) {
      const known = asked.get(scope.key) ?? { scope, ids: new Set() };
      known.ids.add(instanceId);
      asked.set(scope.key, known);
    }
  }
  return {
    asked: [...asked.values()].map(({ scope, ids }) => ({ scope, instanceIds: [...ids] })),
    ignored,
    refused,
  };
}

/** The scopes that may hold an instance. Whether its zone and cluster fit, ECS says. */
function scopesWith(
  targets: readonly Target[],
  aliases: readonly string[],
  regionId: string,
  instanceId: string,
): readonly Scope[] {
  return targets
    .filter(({ account }) => aliases.includes(account))
    .filter((target) =>
      target.regions === 'all'
        ? allowedRegions(target, [regionId]).length > 0
        : target.regions.includes(regionId),
    )
    .filter(({ instanceIds }) => instanceIds === undefined || instanceIds.includes(instanceId))
    .flatMap((target) => scopesOf(target, [regionId]));
}

/** Source: RAM, "ARN of a role": `acs:ram::ACCOUNT:role/NAME`. */
const ROLE_ARN = /^acs:ram::(?<account>\d+):/u;

/** The number of an account → its aliases. An account without a role is that of the function. */
export function accountNumbers(
  targets: readonly Target[],
  roles: ReadonlyMap<string, { readonly arn: string }>,
  ownAccountId: string,
): ReadonlyMap<string, readonly string[]> {
  const numbers = new Map<string, string[]>();
  for (const { account } of targets) {
    const role = roles.get(account);
    const id = role === undefined ? ownAccountId : ROLE_ARN.exec(role.arn)?.groups?.account;
    if (id !== undefined) numbers.set(id, [...(numbers.get(id) ?? []), account]);
  }
  return numbers;
}
