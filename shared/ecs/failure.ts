import { parseJson } from '../core/json.ts';
import { excerpt, type Redact } from '../lib/secrets.ts';
import type { ApiAnswer } from '../open-api/gateway.ts';
import { InventoryError, type InventoryFailure } from '../ports/inventory.ts';

/** A service as its errors are explained. */
export interface Service {
  readonly name: string;
  /** Code → what to do about the most common refusals. */
  readonly advice: ReadonlyMap<string, string>;
}

/** An error answer of ECS about a region → what the caller may do about it. */
export function ecsRefusal(answer: ApiAnswer, redact: Redact, regionId: string): InventoryError {
  const unknown = `the region ${regionId} does not exist: check WATCH_REGIONS, or regions in WATCH_CONFIG`;
  const advice = new Map([...ADVICE_OF_ECS, ['InvalidRegionId.NotFound', unknown]]);
  return refusalOf({ name: 'ECS', advice }, answer, redact);
}

/**
 * The code decides before the HTTP status: documents disagree on statuses, and the page of a proxy
 * has no code.
 */
export function refusalOf(service: Service, answer: ApiAnswer, redact: Redact): InventoryError {
  const { status, headers, text } = answer;
  const body = parseJson(text);
  const retryAfterMs = millisecondsIn(headers['x-acs-retry-after']);
  const again = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (typeof body !== 'object' || body === null) return notJson(answer, again, service.name);
  const fields = body as Readonly<Record<string, unknown>>;
  const code = textIn(fields.Code) ?? textIn(fields.code) ?? `HTTP${status}`;
  const requestId = textIn(fields.RequestId);
  const clean = (words: string): string => excerpt(words, redact, MAX_WORDS_LENGTH);
  return new InventoryError(
    kindOf(code, status),
    clean(code),
    messageOf(service, code, fields, clean),
    {
      ...again,
      ...(requestId !== undefined && { requestId: clean(requestId) }),
    },
  );
}

/** The page of a proxy, or an empty body. */
export function notJson(
  { status }: ApiAnswer,
  options: { readonly retryAfterMs?: number } = {},
  service = 'ECS',
): InventoryError {
  const message =
    `${service} answered HTTP ${status} with something other than JSON. If it does not pass, ` +
    `${service}_ENDPOINT is no endpoint of ${service}, or a proxy stands in front of it`;
  return new InventoryError(
    status === 429 ? 'throttled' : 'transient',
    'NotJson',
    message,
    options,
  );
}

/** `where` is the host, and what it comes from. */
export function networkFailure(error: unknown, where: string, service = 'ECS'): InventoryError {
  const { code } = error as { readonly code?: unknown };
  const known = typeof code === 'string' ? code : 'NetworkError';
  switch (known) {
    case 'ERR_INVALID_CHAR':
      return new InventoryError(
        'refused',
        'InvalidCredentials',
        'the access key, its secret or its token holds a character that no request can hold, such as a line break',
      );
    case 'ENOTFOUND':
      return new InventoryError(
        'transient',
        known,
        `there is no host ${where}: check its spelling, and that this network resolves names`,
      );
    case 'TooLarge':
      return new InventoryError('malformed', known, `${where} answered ${messageIn(error)}`);
    case 'Timeout':
      return new InventoryError('transient', known, `${where} gave ${messageIn(error)}`);
    default:
      return new InventoryError(
        'transient',
        known,
        `${service} was not reached at ${where}, or its answer broke off`,
      );
  }
}

function messageIn(error: unknown): string {
  return String((error as { readonly message?: unknown }).message);
}

/** Throttled, with whatever follows. Source: ECS "Common error codes"; aliyun-cli#1395. */
const THROTTLING_CODES = /^(?:Throttling|FlowControl|TooManyRequests)/u;
const TOO_MANY_REQUESTS = 429;

/** Codes that pass by themselves. Source: ECS "Common error codes". */
const PASSING_CODES: readonly string[] = [
  'ServiceUnavailable',
  'InternalError',
  'UnknownError',
  'SystemBusy',
  // Each signature has a new nonce, so the next attempt has another one.
  'SignatureNonceUsed',
];

/** Source: other pages of the ECS API reference; that of DescribeInstanceStatus names no code. */
const UNKNOWN_INSTANCE = /^InvalidInstanceIds?\.NotFound$/u;

function kindOf(code: string, status: number): InventoryFailure {
  if (THROTTLING_CODES.test(code) || status === TOO_MANY_REQUESTS) return 'throttled';
  if (PASSING_CODES.some((passing) => code === passing || code.startsWith(`${passing}.`))) {
    return 'transient';
  }
  if (UNKNOWN_INSTANCE.test(code)) return 'not-found';
  return status >= 500 ? 'transient' : 'refused';
}

/** `x-acs-retry-after` is in milliseconds. Source: the SDKs' `retryAfter`. */
function millisecondsIn(value: string | readonly string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,9}$/u.test(value) ? Number(value) : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const ADVICE_OF_ECS: ReadonlyMap<string, string> = new Map([
  [
    'Forbidden.RAM',
    'the role may not call this: allow ecs:DescribeInstanceStatus and ecs:DescribeInstances',
  ],
  ['InvalidAccessKeyId.NotFound', 'this access key does not exist'],
  ['InvalidAccessKeyId.Inactive', 'this access key is disabled'],
  ['SignatureDoesNotMatch', 'the access key secret is wrong'],
  ['InvalidSecurityToken.Expired', 'the temporary credentials have expired'],
  ['InvalidTimeStamp.Expired', 'the clock of this machine is wrong by more than 15 minutes'],
  ['InvalidZoneId.NotFound', 'this zone does not exist: check WATCH_ZONE, or zone in WATCH_CONFIG'],
]);

/** A signature error repeats the text that was signed, which holds the token. */
const ECHO = /server (?:string to sign|StringToSign|CanonicalRequest) is/iu;
const MAX_WORDS_LENGTH = 200;

/** The advice, and always the service's own words: one code has several reasons. */
function messageOf(
  { name, advice: known }: Service,
  code: string,
  fields: Readonly<Record<string, unknown>>,
  clean: (words: string) => string,
): string {
  const words = clean((textIn(fields.Message) ?? '').split(ECHO)[0] ?? '');
  const advice = adviceOn(known, code, fields);
  if (advice === undefined) return words === '' ? `${name} gave no reason` : words;
  return words === '' ? advice : `${advice} (${name} says: ${words})`;
}

const EXPLICIT_DENY =
  'a policy denies this to the role: an Allow elsewhere does not help, take the Deny away';
const LISTING_DENIED =
  'the role may not list the regions of the account: allow ecs:DescribeRegions';

function adviceOn(
  known: Service['advice'],
  code: string,
  { AccessDeniedDetail: detail }: Readonly<Record<string, unknown>>,
): string | undefined {
  const { NoPermissionType: type, AuthAction: action } = Object(detail);
  if (type === 'ExplicitDeny') return EXPLICIT_DENY;
  return action === 'ecs:DescribeRegions' ? LISTING_DENIED : known.get(code);
}
