import type { Body } from '../answer.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { ApiCall } from '../request.ts';
import type { Undocumented } from '../undocumented.ts';

/** Answers a believed call with the members of its body. @throws {ApiError} for every other answer. */
export type Operation = (call: ApiCall, cloud: Cloud) => Body;

export interface Cloud {
  readonly fleet: Fleet;
  readonly undocumented: Undocumented;
}
