import type { Redact } from '../../shared/lib/secrets.ts';
import { reasonFor } from '../reach.ts';

/** A service that was asked, for errors. */
export interface Asked {
  /** `RAM`. */
  readonly service: string;
  readonly host: string;
  /** The variable that overrides its address. */
  readonly variable: string;
  readonly action: string;
}

/** A call that was refused, or had no answer. Its message says where, and keeps the service's words. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  /** As the service spells it; `NetworkError` without an answer. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What the official clients throw: their message repeats the code and the status. */
interface ClientFailure {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly data?: { readonly Message?: unknown; readonly message?: unknown };
  readonly description?: unknown;
  readonly message?: unknown;
  readonly requestId?: unknown;
}

/** Other servers may send pages. */
const MAX_WORDS = 300;
/** Codes by which services refuse a key that has no right to a call. */
const NO_PERMISSION = /NoPermission|Forbidden|Unauthorized|AccessDenied/u;
const WRONG_KEY =
  /^(?:InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature|InvalidSecurityToken)/u;

export function controlError(thrown: unknown, asked: Asked, redact: Redact): ControlError {
  const { service, action, host, variable } = asked;
  const failure = Object(thrown) as ClientFailure;
  const code = textIn(failure.code) ?? 'NetworkError';
  const status = Number(failure.statusCode);
  if (!Number.isInteger(status) || status === 0) {
    const known = /^[A-Z_]+$/u.test(code) ? code : 'ETIMEDOUT';
    return new ControlError('NetworkError', `${host} (${variable}) ${reasonFor(known)}`, thrown);
  }
  const said = textIn(failure.data?.Message) ?? textIn(failure.data?.message) ?? '';
  // A wrong signature is answered with the whole request, line by line.
  const [line = ''] = redact(said).split('\n', 1);
  const words = line.slice(0, MAX_WORDS);
  const id = textIn(failure.requestId);
  const advice = adviceFor(code, asked);
  const message = [
    `${service} refuses ${action}: ${code}: ${words}`,
    ...(advice === undefined ? [] : [`(${advice})`]),
    `[${[host, ...(id ? [`request ${redact(id)}`] : [])].join(', ')}]`,
  ].join(' ');
  return new ControlError(code, message, thrown);
}

/** What policies call the services where it is not their name. */
const PREFIXES: Readonly<Record<string, string>> = { TABLESTORE_CONTROL: 'ots' };

/** Was the key itself refused, and not what it may do? */
export function isWrongKey({ code }: ControlError): boolean {
  return WRONG_KEY.test(code);
}

function adviceFor(code: string, { service, action }: Asked): string | undefined {
  if (WRONG_KEY.test(code)) {
    return 'check ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET';
  }
  if (action === 'CreateInstance' && /Exist/u.test(code)) {
    return 'an instance of another account has this name in the region: set TABLESTORE_INSTANCE to another name';
  }
  // It may as well be the role that does not trust the key.
  if (!NO_PERMISSION.test(code) || action === 'AssumeRole') return undefined;
  return `this key lacks ${PREFIXES[service] ?? service.toLowerCase()}:${action}`;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
