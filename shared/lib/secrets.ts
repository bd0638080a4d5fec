/**
 * Removes secrets from text that leaves the process: logs, reports, errors, pages and stored rows.
 * It knows the values themselves, so it finds one anywhere in a message.
 */
export type Redact = (text: string) => string;

/** Shorter values would black out ordinary words. */
const MIN_SECRET_LENGTH = 4;
const REDACTED = '[secret]';

/** A redactor for these values, as they are, percent-encoded, in JSON and in base64. */
export function redactor(secrets: readonly (string | undefined)[]): Redact {
  const forms = secrets
    // A line break behind a secret is of the file that it came from, and is not sent.
    .map((secret = '') => secret.trim())
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap(formsOf)
    // A longer form first, so that no part of it is left.
    .sort((one, other) => other.length - one.length);
  const unique = [...new Set(forms)];
  return (text) => unique.reduce((clean, form) => clean.replaceAll(form, REDACTED), text);
}

/**
 * The first characters of a text without its secrets. It is redacted before it is cut: half a secret would
 * not be recognised.
 */
export function excerpt(text: string, redact: Redact, maxLength: number): string {
  return redact(text).trim().slice(0, maxLength).toWellFormed();
}

/** A value as JSON, with secrets taken out of its texts and not out of its shape. */
export function redactedJson(value: unknown, redact: Redact): string {
  const json = JSON.stringify(value);
  // A redactor knows secrets as JSON writes them, too: nearly always, there is none anywhere.
  if (json === undefined || redact(json) === json) return json;
  return JSON.stringify(value, (_key, part) => (typeof part === 'string' ? redact(part) : part));
}

function formsOf(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inBase64 = Buffer.from(secret)
    .toString('base64')
    .replace(/={1,2}$/u, '');
  // A buffer holds no half of a character, and encodeURIComponent would throw at one.
  const inUrl = encodeURIComponent(Buffer.from(secret).toString());
  return [secret, inUrl, inJson, inBase64];
}

/**
 * The parts of a webhook address that allow posting to it: path segments and query values. The
 * host alone is no secret and helps to find what is wrong.
 */
export function secretsInUrl(address: string): readonly string[] {
  if (!URL.canParse(address)) return [address];
  const { pathname, search, searchParams, username, password } = new URL(address);
  const keys = [...searchParams].filter(
    ([name, value]) => KEY_NAME.test(name) || TOKEN.test(value),
  );
  const tokens = [
    ...pathname.split('/').filter((segment) => TOKEN.test(segment)),
    ...keys.map(([, value]) => value),
  ];
  return [address, search, username, password, ...tokens].filter((part) => part !== '');
}

/** Parameters that allow posting, however short their values are. */
const KEY_NAME = /token|key|sig|secret|password|auth|code/iu;
/** Parts such as `webhook`, `true` or `cn-hangzhou` are words; tokens are long or mixed. */
const TOKEN = /^(?:.{20,}|(?=.*\d)(?=.*[A-Z]).{9,})$/u;
