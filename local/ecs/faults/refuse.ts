import { ApiError, forbiddenRam, internalError, throttled } from '../errors.ts';
import type { ApiCall } from '../request.ts';
import type { Undocumented } from '../undocumented.ts';
import type { EcsFault } from './fault.ts';

/** @throws {ApiError} when a fault keeps the call from being carried out. */
export function refuse(hits: readonly EcsFault[], call: ApiCall, decided: Undocumented): void {
  for (const fault of hits) {
    switch (fault.kind) {
      case 'throttle':
        throw throttled(decided.throttlingStatus, decided.retryAfterMs);
      case 'denied':
        throw forbiddenRam(call.action);
      case 'error':
        throw new ApiError(fault.status, fault.code, fault.message ?? `${fault.code}.`);
      case 'html-error':
      case 'reset':
        // This answer is never sent: deliver() sends a page or resets the connection instead.
        throw internalError(fault.kind);
    }
  }
}
