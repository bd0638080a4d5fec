import { ApiError, forbiddenRam, internalError, throttled } from '../errors.ts';
import type { ApiCall } from '../request.ts';
import type { Undocumented } from '../undocumented.ts';
import type { EcsFault } from './fault.ts';

/** @throws {ApiError} when a fault keeps the call from being carried out. */
export function refuse(struck: readonly EcsFault[], call: ApiCall, decided: Undocumented): void {
  for (const fault of struck) {
    switch (fault.kind) {
      case 'throttle':
        throw throttled(decided.throttlingStatus, decided.retryAfterMs);
      case 'denied':
        throw forbiddenRam(call.action);
      case 'error':
        throw new ApiError(fault.status, fault.code, fault.message ?? `${fault.code}.`);
      case 'html-error':
      case 'reset':
        // Nobody reads this answer: what the client sees instead is decided on the wire.
        throw internalError(fault.kind);
    }
  }
}
