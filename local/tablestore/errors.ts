/**
 * The error codes of the service: HTTP status, and the message where it is always the same (`words`). Where it varies,
 * one of the documented sentences (`example`), for an error that a fault asks for. Source: help page "Error codes"
 * (2026-05).
 */
const ERRORS = {
  OTSParameterInvalid: { status: 400, example: 'Cannot deserialize the request data.' },
  OTSInvalidPK: { status: 400, example: 'Primary key schema mismatch.' },
  OTSOutOfRowSizeLimit: {
    status: 400,
    words: 'The total data size of columns in one row exceeded the limit.',
  },
  OTSOutOfColumnCountLimit: {
    status: 400,
    words: 'The number of columns in one row exceeded the limit.',
  },
  OTSForbiddenUpdateCapacityUnit: {
    status: 400,
    words: 'Your instance is forbidden to update capacity unit.',
  },
  OTSAuthFailed: { status: 403, example: 'The AccessKeyID is disabled.' },
  OTSNoPermissionAccess: {
    status: 403,
    words:
      'You have no permission to access the requested resource, please contact the resource owner',
  },
  OTSConditionCheckFail: { status: 403, words: 'Condition check failed.' },
  OTSQuotaExhausted: { status: 403, words: 'Too frequent table operations.' },
  OTSCapacityUnitExhausted: { status: 403, words: 'Capacity unit is not enough.' },
  OTSTooFrequentReservedThroughputAdjustment: {
    status: 403,
    words: 'Capacity unit adjustment is too frequent.',
  },
  OTSNotEnoughCapacityUnit: { status: 403, words: 'Remaining capacity unit is not enough.' },
  OTSObjectNotExist: { status: 404, words: 'Requested table does not exist.' },
  OTSSessionNotExist: { status: 404, words: 'Session not exist or may be timeout.' },
  OTSTableNotReady: { status: 404, words: 'The table is not ready.' },
  OTSMethodNotAllowed: { status: 405, words: 'Only POST method for requests is supported.' },
  OTSRequestTimeout: { status: 408, words: 'Request timeout.' },
  OTSObjectAlreadyExist: { status: 409, words: 'Requested table already exists.' },
  OTSRowOperationConflict: {
    status: 409,
    words: 'Data is being modified by the other request.',
  },
  OTSRequestBodyTooLarge: { status: 413, words: 'The size of POST data is too large.' },
  OTSFlowControl: { status: 429, words: 'The requests have been throttled.' },
  OTSInternalServerError: { status: 500, words: 'Internal server error.' },
  OTSServerBusy: { status: 503, words: 'Server is busy.' },
  OTSPartitionUnavailable: { status: 503, words: 'The partition is not available.' },
  OTSTimeout: { status: 503, words: 'Operation timeout.' },
  OTSServerUnavailable: { status: 503, words: 'Server is not available.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** The codes that always come with the same words. */
type WordedCode = {
  [C in ErrorCode]: (typeof ERRORS)[C] extends { readonly words: string } ? C : never;
}[ErrorCode];

/** An answer other than success: the code and the words of the service. */
export class TablestoreError extends Error {
  override readonly name = 'TablestoreError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function statusOf(code: ErrorCode): number {
  return ERRORS[code].status;
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** An error that a fault asks for. */
export function exampleError(code: ErrorCode): TablestoreError {
  const error = ERRORS[code];
  return new TablestoreError(code, 'words' in error ? error.words : error.example);
}

export function serviceError(code: WordedCode): TablestoreError {
  return new TablestoreError(code, ERRORS[code].words);
}

export function parameterInvalid(message: string): TablestoreError {
  return new TablestoreError('OTSParameterInvalid', message);
}

export function invalidKey(message: string): TablestoreError {
  return new TablestoreError('OTSInvalidPK', message);
}

export function authFailed(message: string): TablestoreError {
  return new TablestoreError('OTSAuthFailed', message);
}

/** What the local server leaves out; its README lists it all. */
export function unsupported(what: string): TablestoreError {
  return parameterInvalid(`${what} is not supported by the local Tablestore.`);
}
