import type { Status } from './lifecycle.ts';

/** An instance as it is at one moment. */
export interface Instance extends Traits {
  readonly status: Status;
  /** When it last began to start; a change of it while Running is a restart that nobody saw. */
  readonly startedMs: number;
  readonly stoppedMode: StoppedMode;
}

/** What an instance is from its creation on. */
export interface Traits {
  readonly id: string;
  /** Its place in the order of creation, over all regions; no two instances ever share one. */
  readonly ordinal: number;
  readonly createdMs: number;
  readonly regionId: string;
  readonly zoneId: string;
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
