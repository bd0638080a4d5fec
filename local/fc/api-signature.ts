import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { ApiCall, ApiError } from './api-call.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a temporary key; a call signed with that key must carry it. */
  readonly securityToken?: string;
}

/** How the calls of one version of the API are signed. */
export interface SignatureScheme {
  /** Who the call says it is from, or null when nothing that proves it was sent along. */
  claim(call: ApiCall): Claim | null;
}

interface Claim {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly securityToken: string | undefined;
  readonly signedAtMs: number;
  expectedFor(accessKeySecret: string): string;
}

/** "A signature is only valid for 15 minutes." https://www.alibabacloud.com/help/doc-detail/85445.htm */
const TOLERANCE_MS = 15 * 60_000;

/** Null when `call` was signed by the owner of one of the keys. */
export function checkSignature(
  call: ApiCall,
  scheme: SignatureScheme,
  accessKeys: readonly AccessKey[],
  nowMs: number,
): ApiError | null {
  const claim = scheme.claim(call);
  if (claim === null) {
    const message = 'required HTTP header Authorization was not specified, or not complete';
    return { status: 400, code: 'MissingRequiredHeader', message };
  }
  const key = accessKeys.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (key === undefined || key.securityToken !== claim.securityToken) {
    return { status: 403, code: 'InvalidAccessKeyID', message: 'the access key is unknown' };
  }
  // Written this way round, a date that cannot be read is refused as well.
  if (!(Math.abs(nowMs - claim.signedAtMs) <= TOLERANCE_MS)) {
    return { status: 403, code: 'AccessDenied', message: 'the signature is older than 15 minutes' };
  }
  return isEqual(claim.signature, claim.expectedFor(key.accessKeySecret)) ? null : NO_MATCH;
}

const NO_MATCH: ApiError = {
  status: 403,
  code: 'SignatureNotMatch',
  message:
    'The request signature we calculated does not match the signature you provided. ' +
    'Check your access key and signing method',
};

/** `FC id:signature`, over a few headers and the path: FC 2.0, as @alicloud/fc2 signs. */
export const FC_SIGNATURE: SignatureScheme = {
  claim({ method, path, headers }) {
    const parts = /^FC ([^:]+):(\S+)$/.exec(headers.authorization ?? '');
    const [, accessKeyId, signature] = parts ?? [];
    if (!accessKeyId || !signature) return null;
    const { date = '' } = headers;
    const own = Object.keys(headers).filter((name) => name.startsWith('x-fc-'));
    const lines = [
      method,
      headers['content-md5'] ?? '',
      headers['content-type'] ?? '',
      date,
      ...own.sort().map((name) => `${name}:${headers[name]}`),
      path,
    ];
    return {
      accessKeyId,
      signature,
      securityToken: headers['x-fc-security-token'],
      signedAtMs: Date.parse(date),
      expectedFor: (secret) => hmacSha256(secret, lines.join('\n')).toString('base64'),
    };
  },
};

/**
 * ACS3-HMAC-SHA256, over the request and the headers that it names: FC 3.0.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export const ACS3_SIGNATURE: SignatureScheme = {
  claim({ method, path, query, headers, body }) {
    const parts = ACS3_AUTHORIZATION.exec(headers.authorization ?? '');
    const [, accessKeyId, names, signature] = parts ?? [];
    if (!accessKeyId || !names || !signature) return null;
    const signedNames = names.split(';');
    if (!MUST_BE_SIGNED.every((name) => signedNames.includes(name))) return null;
    const request = [
      method,
      path,
      canonicalQuery(query),
      ...signedNames.map((name) => `${name}:${headers[name]?.trim() ?? ''}`),
      '',
      names,
      // The body itself, not the header that describes it: so a body cannot be exchanged.
      sha256Hex(body),
    ].join('\n');
    const text = `ACS3-HMAC-SHA256\n${sha256Hex(request)}`;
    return {
      accessKeyId,
      signature,
      securityToken: headers['x-acs-security-token'],
      signedAtMs: Date.parse(headers['x-acs-date'] ?? ''),
      expectedFor: (secret) => hmacSha256(secret, text).toString('hex'),
    };
  },
};

const MUST_BE_SIGNED = ['host', 'x-acs-action', 'x-acs-date', 'x-acs-version'];

const ACS3_AUTHORIZATION =
  /^ACS3-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=(\S+)$/;

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** RFC 3986: all but `A-Z a-z 0-9 - _ . ~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmacSha256(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256Hex(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
