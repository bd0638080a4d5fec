import type { Redact } from '../lib/secrets.ts';
import { JournalError } from '../ports/journal.ts';

/** What is known of a request that has failed, or whose answer was lost. */
export interface RequestFailure {
  /** As Tablestore spells it, or `HTTP404`, or `NetworkError`. */
  readonly code: string;
  readonly text: string;
  readonly requestId: string | undefined;
  /** Can the same request succeed a little later? */
  readonly mayPass: boolean;
  /** Is it certain that nothing was written? */
  readonly isCertain: boolean;
  readonly cause: unknown;
}

/** Nothing was done and it may pass. Source: Tablestore "Error codes"; the Go SDK's retry list. */
const BUSY_CODES: readonly string[] = [
  'OTSServerBusy',
  'OTSPartitionUnavailable',
  'OTSRowOperationConflict',
  'OTSTableNotReady',
  'OTSNotEnoughCapacityUnit',
  'OTSCapacityUnitExhausted',
];
/** It may pass, but a write may have been applied. Source: as above. */
const DOUBTFUL_CODES: readonly string[] = [
  'OTSTimeout',
  'OTSInternalServerError',
  'OTSServerUnavailable',
  'OTSRequestTimeout',
];

/**
 * The SDK throws what it could not parse: `code` is the HTTP status, `message` the raw protobuf of
 * the error with ` requestId:` behind it. The code comes behind its own tag and length. Ctrl-R
 * (0x12) is the tag of the text, and the character after it, which is skipped, its length.
 */
const BEHIND = ' requestId:';
const UNPARSED = /^.{0,8}?(OTS[A-Za-z]{1,64})(?:\cR(?:\ufffd.|[^\ufffd])(.*))?$/su;
/** What is looked at of an error. Another server may send megabytes. */
const MAX_ERROR_LENGTH = 4_096;
const MAX_TEXT_LENGTH = 200;

export function requestFailure(error: unknown, redact: Redact): RequestFailure {
  const { code: status, message, requestId: id } = errorFields(error);
  // Redacted before it is cut: half a secret would not be recognised.
  const requestId = id === undefined ? undefined : redact(id).slice(0, MAX_TEXT_LENGTH);
  const [, code, text = ''] = UNPARSED.exec(protobufIn(redact(message))) ?? [];
  if (code === undefined) return unnamed(status, requestId, error);
  const isFrequency = code === 'OTSQuotaExhausted' && text.startsWith('Too frequent');
  const passes = BUSY_CODES.includes(code) || isFrequency;
  const isDoubtful = DOUBTFUL_CODES.includes(code);
  return {
    code,
    text: text.slice(0, MAX_TEXT_LENGTH),
    requestId,
    mayPass: passes || isDoubtful,
    isCertain: !isDoubtful,
    cause: error,
  };
}

function protobufIn(message: string): string {
  const end = message.lastIndexOf(BEHIND);
  return message.slice(0, Math.min(Math.max(0, end), MAX_ERROR_LENGTH));
}

/** No answer, or one of another server. Only after a client error is it certain that nothing was done. */
function unnamed(status: unknown, requestId: string | undefined, cause: unknown): RequestFailure {
  const isClientError = typeof status === 'number' && status >= 400 && status < 500;
  return {
    code: isClientError ? `HTTP${status}` : 'NetworkError',
    text: isClientError
      ? 'this is not a Tablestore endpoint, or something stands in front of it'
      : 'Tablestore was not reached, or its answer broke off',
    requestId,
    mayPass: !isClientError,
    isCertain: isClientError,
    cause,
  };
}

/** What to do about the refusals that people meet first. */
const REFUSAL_ADVICE: Readonly<Record<string, string>> = {
  OTSNoPermissionAccess:
    'the role may not do this on the Tablestore instance: give it the policy of the README',
  OTSAuthFailed: 'the access key, its secret or TABLESTORE_INSTANCE is wrong',
  OTSConditionCheckFail: 'another process has written this row',
};

export function toJournalError(failure: RequestFailure, isWrite: boolean): JournalError {
  const { code, text, requestId, isCertain, cause } = failure;
  return new JournalError(
    isWrite && !isCertain ? 'unknown' : 'failed',
    code,
    REFUSAL_ADVICE[code] ?? text,
    {
      ...(requestId !== undefined && { requestId }),
      cause,
    },
  );
}

function errorFields(error: unknown): {
  readonly code: unknown;
  readonly message: string;
  readonly requestId: string | undefined;
} {
  if (!(error instanceof Error)) {
    return { code: undefined, message: String(error), requestId: undefined };
  }
  const { code, headers } = error as Error & { code?: unknown; headers?: Record<string, unknown> };
  const requestId = headers?.['x-ots-requestid'];
  return {
    code,
    message: error.message,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
}
