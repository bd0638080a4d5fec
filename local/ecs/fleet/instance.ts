import type { Status } from './lifecycle.ts';

/** An instance at one time. */
export interface Instance extends Traits {
  readonly status: Status;
  /** When it last began to start. If this changes between two looks at Running, it restarted between them. */
  readonly startedMs: number;
  readonly stoppedMode: StoppedMode;
}

/** What does not change by itself after the creation. */
export interface Traits {
  readonly id: string;
  /** Its number in the order of creation, over all regions; unique. */
  readonly ordinal: number;
  readonly createdMs: number;
  readonly regionId: string;
  readonly zoneId: string;
  readonly clusterId: string;
  readonly name: string;
  readonly hostName: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly chargeType: ChargeType;
  readonly spotStrategy: string;
  readonly tags: readonly Tag[];
  readonly resourceGroupId: string;
  readonly vpcId: string;
  readonly vSwitchId: string;
  readonly privateIp: string;
  readonly publicIp: string | undefined;
  readonly eip: string | undefined;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

type ChargeType = 'PostPaid' | 'PrePaid';

export type StoppedMode = 'KeepCharging' | 'StopCharging' | 'Not-applicable';
