import type { Status } from '../fleet/lifecycle.ts';

/** A change of one instance, as the bus carries it. */
export interface StateEvent {
  readonly id: string;
  readonly accountId: string;
  readonly regionId: string;
  readonly instanceId: string;
  readonly state: EventState;
  readonly atMs: number;
}

/** Source: CloudMonitor, "Instance:StateChange". An event never says Pending, and the API never Created or Deleted. */
export type EventState = Exclude<Status, 'Pending'> | 'Created' | 'Deleted';

/** `eventbridge`: CloudEvents, one a post. `cloudmonitor`: what a rule of system events invokes a function with. */
export type EventShape = 'eventbridge' | 'cloudmonitor';

export const EVENT_SHAPES: Readonly<Record<EventShape, (event: StateEvent) => object>> = {
  eventbridge: cloudEvent,
  cloudmonitor: cloudMonitorEvent,
};

/**
 * Put together from the documentation of EventBridge: no verbatim sample of ECS is published.
 * https://www.alibabacloud.com/help/en/eventbridge/user-guide/ecs-events
 */
function cloudEvent(event: StateEvent): object {
  const { id, accountId, regionId, instanceId, atMs } = event;
  return {
    id,
    source: 'acs.ecs',
    specversion: '1.0',
    type: 'ecs:Instance:StateChange',
    datacontenttype: 'application/json;charset=utf-8',
    subject: arnOf(event),
    time: new Date(atMs).toISOString(),
    aliyunaccountid: accountId,
    aliyunoriginalaccountid: accountId,
    aliyuneventbusname: 'default',
    aliyunregionid: regionId,
    data: { resourceId: instanceId, resourceType: 'ALIYUN::ECS::Instance', state: event.state },
  };
}

/** https://www.alibabacloud.com/help/en/ecs/user-guide/instance-state-change-events */
function cloudMonitorEvent(event: StateEvent): object {
  const { id, accountId, regionId, instanceId, state, atMs } = event;
  return {
    ver: '1.0',
    id: id.toUpperCase(),
    product: 'ECS',
    resourceId: arnOf(event),
    level: 'INFO',
    name: 'Instance:StateChange',
    status: 'Normal',
    groupId: [],
    instanceName: '',
    userId: accountId,
    eventTime: compactTime(atMs),
    regionId,
    content: { resourceId: instanceId, resourceType: 'ALIYUN::ECS::Instance', state },
  };
}

function arnOf({ regionId, accountId, instanceId }: StateEvent): string {
  return `acs:ecs:${regionId}:${accountId}:instance/${instanceId}`;
}

const BEIJING_OFFSET_MS = 8 * 60 * 60_000;

/** `20190409T121826.922+0800`, always in the time of Beijing. */
function compactTime(ms: number): string {
  const local = new Date(ms + BEIJING_OFFSET_MS).toISOString();
  return `${local.replaceAll(/[-:]/gu, '').slice(0, -1)}+0800`;
}
