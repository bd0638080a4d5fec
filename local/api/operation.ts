import type { Body } from '../ecs/answer.ts';
import type { ApiCall } from '../ecs/request.ts';
import type { Caller } from '../ram/caller.ts';

/** One operation of an API of the account. */
export interface ApiOperation {
  /** Every caller may call it, whatever its policies say. */
  readonly isOpen?: true;
  /** What a policy must allow, together with the action; default: every resource. */
  resource?(call: ApiCall): string;
  /** The members of the answer's body. @throws {ApiError} for every answer other than success. */
  perform(call: ApiCall, caller: Caller): Body;
}

/** An API of the account: STS, RAM, CloudMonitor, or the control of Tablestore. */
export interface ApiService {
  /** As it stands in error answers: `Sts`. */
  readonly product: string;
  readonly version: string;
  /** As it stands in policies, before the colon: `sts`. */
  readonly prefix: string;
  /** The answer to a caller whose policies do not allow the action. */
  refusal(action: string): Error;
  /** Action → its operation. */
  readonly operations: Readonly<Record<string, ApiOperation>>;
  /** The path of an action. Default: `/`, as in the style RPC. */
  pathOf?(action: string): string;
}
