import { canonicalQuery } from './canonical-query.ts';
import { type Claim, parseUtcSeconds } from './claim.ts';
import { hmacSha256, sha256Hex } from './hash.ts';

/** What an ACS3 signature covers. */
export interface Acs3Request {
  readonly method: string;
  /** As it was sent, percent-encoding included. */
  readonly path: string;
  readonly query: Iterable<readonly [string, string]>;
  /** By their lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Acs3Claim extends Claim {
  readonly nonce: string;
  readonly canonicalRequest: string;
  readonly stringToSign: string;
}

/** Why a request claims nothing: it is not signed, not signed in full, or a header is missing. */
export type Acs3Problem = 'incomplete' | 'missing-date' | 'missing-nonce';

/**
 * ACS3-HMAC-SHA256 (V3), over the request itself and the headers that it names.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export function acs3Claim(request: Acs3Request): Acs3Claim | Acs3Problem {
  const parts = AUTHORIZATION.exec(header(request, 'authorization')) ?? [];
  const [, accessKeyId, names, signature] = parts;
  if (!accessKeyId || !names || !signature) return 'incomplete';
  const date = header(request, 'x-acs-date');
  if (!date) return 'missing-date';
  const nonce = header(request, 'x-acs-signature-nonce');
  if (!nonce) return 'missing-nonce';

  const securityToken = header(request, 'x-acs-security-token') || undefined;
  const signedHeaders = names.toLowerCase().split(';').sort();
  const mustBeSigned = securityToken ? [...MUST_BE_SIGNED, 'x-acs-security-token'] : MUST_BE_SIGNED;
  if (!mustBeSigned.every((name) => signedHeaders.includes(name))) return 'incomplete';
  if (header(request, 'x-acs-content-sha256') !== sha256Hex(request.body)) return 'incomplete';

  const canonicalRequest = canonicalRequestOf(request, signedHeaders);
  const stringToSign = `${ALGORITHM}\n${sha256Hex(canonicalRequest)}`;
  return {
    accessKeyId,
    securityToken,
    signedAtMs: parseUtcSeconds(date),
    nonce,
    signature,
    canonicalRequest,
    stringToSign,
    // Unlike V1, nothing is appended to the secret.
    expectedFor: (secret) => hmacSha256(secret, stringToSign, 'hex'),
  };
}

const ALGORITHM = 'ACS3-HMAC-SHA256';
const AUTHORIZATION =
  /^ACS3-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=(\S+)$/;
const MUST_BE_SIGNED = [
  'host',
  'x-acs-action',
  'x-acs-version',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-content-sha256',
];

function canonicalRequestOf(request: Acs3Request, signedHeaders: readonly string[]): string {
  return [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${header(request, name)}`),
    '',
    signedHeaders.join(';'),
    header(request, 'x-acs-content-sha256'),
  ].join('\n');
}

function header({ headers }: Acs3Request, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : '';
}
