import type { Redact } from '../lib/secrets.ts';
import { InventoryError, type InventoryFailure } from '../ports/inventory.ts';

/**
 * What the SDK throws → what the caller may do about it. The code decides before the HTTP status:
 * documents disagree on statuses, and the page of a proxy has no code.
 */
export function ecsFailure(error: unknown, redact: Redact): InventoryError {
  if (error instanceof InventoryError) return error;
  const { code, data, message } = sdkFieldsOf(error);
  // The SDK reads an answer without JSON (a proxy's page, an empty body) as a bare SyntaxError.
  if (error instanceof SyntaxError) {
    return new InventoryError(
      'transient',
      'NotJson',
      'ECS answered with something other than JSON',
    );
  }
  if (data === undefined) return networkFailure(code, message);
  const { RequestId: requestId, Message: answered } = data;
  return new InventoryError(
    kindOf(code, data.statusCode),
    code,
    ecsMessage(code, answered, redact),
    {
      ...(typeof requestId === 'string' && { requestId }),
    },
  );
}

/** Codes that pass by themselves. Source: ECS "Common error codes". */
const ECS_PASSING_CODES: readonly string[] = [
  'ServiceUnavailable',
  'InternalError',
  'UnknownError',
  // Each signature has a new nonce, so the next attempt has another one.
  'SignatureNonceUsed',
];

/** Source: other pages of the ECS API reference; that of DescribeInstanceStatus names no code. */
const UNKNOWN_INSTANCE = /^InvalidInstanceIds?\.NotFound$/u;

function kindOf(code: string, status: unknown): InventoryFailure {
  if (code.startsWith('Throttling')) return 'throttled';
  if (ECS_PASSING_CODES.some((passing) => code === passing || code.startsWith(`${passing}.`))) {
    return 'transient';
  }
  if (UNKNOWN_INSTANCE.test(code)) return 'not-found';
  const isServerSide = typeof status === 'number' && status >= 500;
  return isServerSide ? 'transient' : 'refused';
}

/** What to do about the most common refusals. */
const ECS_ADVICE: Readonly<Record<string, string>> = {
  'Forbidden.RAM':
    'the role may not call this: allow ecs:DescribeInstanceStatus and ecs:DescribeInstances',
  'InvalidAccessKeyId.NotFound': 'this access key does not exist',
  'InvalidAccessKeyId.Inactive': 'this access key is disabled',
  SignatureDoesNotMatch: 'the access key secret is wrong',
  'InvalidSecurityToken.Expired': 'the temporary credentials have expired',
  'InvalidTimeStamp.Expired': 'the clock of this machine is wrong by more than 15 minutes',
  'InvalidRegionId.NotFound': 'this region does not exist: check WATCH_REGIONS',
  'InvalidZoneId.NotFound': 'this zone does not exist: check WATCH_ZONE',
};

/** A signature error repeats the text that was signed, which holds the token. */
const ECHO = /server (?:string to sign|StringToSign|CanonicalRequest) is/iu;
const MAX_MESSAGE_LENGTH = 200;

function ecsMessage(code: string, answered: unknown, redact: Redact): string {
  const advice = ECS_ADVICE[code];
  if (advice !== undefined) return advice;
  if (typeof answered !== 'string') return 'ECS gave no reason';
  // Redacted before it is cut: half a secret would not be recognised.
  return redact(answered.split(ECHO)[0] ?? '')
    .trim()
    .slice(0, MAX_MESSAGE_LENGTH);
}

/** The SDK ends a network message with the whole URL, so only the kind is kept. */
function networkFailure(code: string, message: string): InventoryError {
  if (code === 'InvalidCredentials' || /credential/iu.test(message)) {
    return new InventoryError('refused', 'InvalidCredentials', 'there are no credentials for ECS');
  }
  const isTimeout = /timeout/iu.test(`${code} ${message}`);
  const known = code === '' ? (isTimeout ? 'Timeout' : 'NetworkError') : code;
  return new InventoryError('transient', known, 'ECS was not reached, or its answer broke off');
}

interface SdkFields {
  readonly code: string;
  readonly message: string;
  /** The parsed body of an error answer. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

function sdkFieldsOf(error: unknown): SdkFields {
  if (!isErrorLike(error)) return { code: '', message: String(error), data: undefined };
  const { code, data } = error as Error & { code?: unknown; data?: unknown };
  const isBody = typeof data === 'object' && data !== null && 'Code' in data;
  return {
    code: typeof code === 'string' && code !== 'undefined' ? code : '',
    message: `${error.name} ${error.message}`,
    data: isBody ? (data as Record<string, unknown>) : undefined,
  };
}

/** Not `instanceof`: errors of Node.js itself may come from another realm. */
function isErrorLike(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error;
}
