import type { Invocation } from '../core/invocation.ts';
import { parseJson } from '../core/json.ts';
import type { Runtime } from '../lib/runtime.ts';
import { excerpt, type Redact } from '../lib/secrets.ts';
import type { Credentials } from '../ports/credentials.ts';

export interface InvokerOptions {
  readonly credentials: Credentials;
  /** Where the function runs that invokes others. */
  readonly region: string;
  /** Overrides the region's own endpoint, e.g. `http://127.0.0.1:8001`. */
  readonly endpoint?: string;
  readonly runtime: Runtime;
  /** Takes secrets out of what a function or Function Compute answers. */
  readonly redact: Redact;
}

/** An answer of either version of InvokeFunction. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Of what a function or Function Compute says, in characters. */
const MAX_WORDS_LENGTH = 300;

/** Of RAM, about rights. Other refusals of the same status are about keys. */
const NO_RIGHT = /^(?:AccessDenied|Forbidden|NoPermission)/u;
const NOT_FOUND = 404;
const TOO_MANY_REQUESTS = 429;

/**
 * What an answer says of an invocation. A function that failed was invoked: the status is 200, and a
 * header says that it failed. A 4xx is a refusal before the function; a 5xx may come from behind it.
 * Source: InvokeFunction, and "Error codes" of Function Compute.
 */
export function invocationIn(
  { status, headers, text }: Answer,
  functionName: string,
  redact: Redact,
): Invocation {
  if (status >= 200 && status < 300) {
    if (headers['x-fc-error-type'] === undefined) return { kind: 'answered', body: text };
    return failureIn(text, redact);
  }
  const { Code: code, Message: message } = Object(parseJson(text)) as Record<string, unknown>;
  const clean = (words: string): string => excerpt(words, redact, MAX_WORDS_LENGTH);
  const words = clean(typeof message === 'string' ? message : `HTTP ${status}`);
  const said = typeof code === 'string' ? `${clean(code)}: ${words}` : words;
  if (status < 400 || status >= 500) return { kind: 'unknown', reason: said };
  return {
    kind: 'unstarted',
    reason: `${adviceOn(status, String(code), functionName)}${said}`,
    isBusy: status === TOO_MANY_REQUESTS,
  };
}

function adviceOn(status: number, code: string, functionName: string): string {
  if (NO_RIGHT.test(code)) {
    return `the role may not invoke ${functionName}: allow fc:InvokeFunction, as npm run setup does; `;
  }
  return status === NOT_FOUND
    ? `there is no function ${functionName}: npm run deploy makes it; `
    : '';
}

/** What the function threw, or how its process ended. */
function failureIn(text: string, redact: Redact): Invocation {
  const { errorType, errorMessage } = Object(parseJson(text)) as Record<string, unknown>;
  const words = typeof errorMessage === 'string' ? errorMessage : text;
  const message = excerpt(words, redact, MAX_WORDS_LENGTH);
  return typeof errorType === 'string'
    ? { kind: 'failed', reason: `${errorType}: ${message}`, type: errorType }
    : { kind: 'failed', reason: message };
}

/** Codes of Node.js by which no connection was made, or no request could be written. */
const NEVER_SENT: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_CHAR',
];

export function withoutAnswer(error: unknown, where: string): Invocation {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (NEVER_SENT.includes(code)) {
    return { kind: 'unstarted', reason: `${where} was not reached: ${code}`, isBusy: false };
  }
  const reason = code === 'Timeout' ? String(message) : `its answer broke off: ${code ?? message}`;
  return { kind: 'unknown', reason: `${where}: ${reason}` };
}
