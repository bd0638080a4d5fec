import type { Instance } from '../../core/model.ts';

/** The position of an instance in every order that is offered. */
export interface InstanceKey {
  readonly scope: string;
  readonly instanceId: string;
  readonly sinceMs: number;
}

export interface InstanceRow extends InstanceKey {
  readonly regionId: string;
  readonly instance: Instance;
}
