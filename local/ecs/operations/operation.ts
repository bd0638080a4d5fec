import type { Body } from '../answer.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { ApiCall } from '../request.ts';
import type { Undocumented } from '../undocumented.ts';

/** Returns the members of the answer's body to a call whose signature is good. @throws {ApiError} for every other answer. */
export type EcsOperation = (call: ApiCall, cloud: Cloud) => Body;

export interface Cloud {
  readonly fleet: Fleet;
  readonly undocumented: Undocumented;
}
