import { types } from 'node:util';
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
  const fields = errorFields(error, redact);
  const { message, requestId } = fields;
  const [, code, text = ''] = UNPARSED.exec(protobufIn(message)) ?? [];
  if (code === undefined) return unnamed(fields, error);
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

/** Node.js refuses to send such a request, now and later. Source: Node.js "Errors". */
const UNSENDABLE_CODES: readonly unknown[] = [
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_HTTP_INVALID_HEADER_VALUE',
  'ERR_UNESCAPED_CHARACTERS',
];
/** Nothing was sent: there is no such host, or it does not take connections. */
const UNREACHED_CODES: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
];

/** No answer, or one of another server. Only after a client error is it certain that nothing was done. */
function unnamed({ code, message, requestId, host }: ErrorFields, cause: unknown): RequestFailure {
  const place = host === undefined ? 'Tablestore' : `${host} (TABLESTORE_ENDPOINT)`;
  const failure = (
    name: string,
    text: string,
    facts: Pick<RequestFailure, 'mayPass' | 'isCertain'>,
  ): RequestFailure => ({
    code: name,
    text: text.slice(0, MAX_TEXT_LENGTH),
    requestId,
    cause,
    ...facts,
  });
  if (typeof code === 'number' && code >= 400 && code < 500) {
    const what = `${place} is not a Tablestore endpoint, or something stands in front of it`;
    return failure(`HTTP${code}`, what, { mayPass: false, isCertain: true });
  }
  // The message names the header, and not its value.
  if (UNSENDABLE_CODES.includes(code)) {
    const what = `the request cannot be sent: ${message}`;
    return failure('InvalidRequest', what, { mayPass: false, isCertain: true });
  }
  const reason = typeof code === 'number' ? `HTTP ${code}` : String(code ?? message);
  const isCertain = UNREACHED_CODES.includes(code);
  const what = isCertain
    ? `${place} was not reached: ${reason}`
    : `${place} was not reached, or its answer broke off: ${reason}`;
  return failure('NetworkError', what, { mayPass: true, isCertain });
}

const FOREIGN_TABLE =
  'the table is of something else: set TABLESTORE_TABLE_PREFIX to another start of the names';

/** What to do about the refusals that people meet first. */
const REFUSAL_ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'OTSNoPermissionAccess',
    'the role may not do this on the Tablestore instance: give it the policy of the README',
  ],
  ['OTSConditionCheckFail', 'another process has written this row'],
  ['OTSInvalidPK', FOREIGN_TABLE],
  ['OTSMetaNotMatch', FOREIGN_TABLE],
]);

/**
 * OTSAuthFailed has many reasons, and only its text says which. The first words that are in it decide.
 * Source: Tablestore "Error codes", OTSAuthFailed.
 */
const AUTHENTICATION_ADVICE: readonly (readonly [words: string, advice: string])[] = [
  [
    'instance acl',
    'the network ACL of the instance does not allow this network: change it in the console',
  ],
  ['system time', 'the clock of this machine is wrong'],
  ['instance is not found', 'TABLESTORE_INSTANCE is wrong, or it is in another region'],
  ['instance is not running', 'the instance does not run: look at it in the console'],
  ['is disabled', 'the access key is disabled: enable it, or use another one'],
  ['accesskeyid does not exist', 'the access key id is wrong, or the key was deleted'],
  ['signature', 'the secret of the access key is wrong'],
  ['token', 'the temporary key is wrong or has expired'],
];
const ANY_AUTHENTICATION_ADVICE = 'the access key, its secret or TABLESTORE_INSTANCE is wrong';

function adviceFor({ code, text }: RequestFailure): string | undefined {
  if (code !== 'OTSAuthFailed') return REFUSAL_ADVICE.get(code);
  const said = text.toLowerCase();
  const known = AUTHENTICATION_ADVICE.find(([words]) => said.includes(words));
  return known?.[1] ?? ANY_AUTHENTICATION_ADVICE;
}

/** The service's own words come first: the advice may be wrong. */
function withAdvice(failure: RequestFailure): string {
  const advice = adviceFor(failure);
  if (advice === undefined) return failure.text;
  return failure.text === '' ? advice : `${failure.text} (${advice})`;
}

export function toJournalError(failure: RequestFailure, isWrite: boolean): JournalError {
  const { code, requestId, isCertain, cause } = failure;
  return new JournalError(isWrite && !isCertain ? 'unknown' : 'failed', code, withAdvice(failure), {
    ...(requestId !== undefined && { requestId }),
    cause,
  });
}

interface ErrorFields {
  readonly code: unknown;
  readonly message: string;
  readonly requestId: string | undefined;
  readonly host: string | undefined;
}

/** Texts are redacted before they are cut: half a secret would not be recognised. */
function errorFields(error: unknown, redact: Redact): ErrorFields {
  // An error of another realm is no instance of this one's Error.
  if (!types.isNativeError(error)) {
    const message = redact(String(error));
    return { code: undefined, message, requestId: undefined, host: undefined };
  }
  const { code, headers, host } = error as Error & {
    readonly code?: unknown;
    readonly headers?: Record<string, unknown>;
    readonly host?: string;
  };
  const id = headers?.['x-ots-requestid'];
  return {
    code,
    message: redact(error.message),
    requestId: typeof id === 'string' ? redact(id).slice(0, MAX_TEXT_LENGTH) : undefined,
    host,
  };
}
