import { createHash, createHmac } from 'node:crypto';
import { incompleteSignature, missing } from '../errors.ts';
import type { ApiCall } from '../request.ts';
import { type Claim, canonicalQuery } from './claim.ts';

/**
 * ACS3-HMAC-SHA256, over the request itself and the headers that it names.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 *
 * @throws {ApiError} when something that must be signed is missing, or the body is not the signed one.
 */
export function claimV3(call: ApiCall): Claim {
  const { accessKeyId, signedHeaders, signature } = authorization(call);
  const securityToken = header(call, 'x-acs-security-token');
  const timestamp = mandatory(call, 'x-acs-date', 'Timestamp');
  const nonce = mandatory(call, 'x-acs-signature-nonce', 'SignatureNonce');
  const mustBeSigned = securityToken ? [...MUST_BE_SIGNED, 'x-acs-security-token'] : MUST_BE_SIGNED;
  if (!mustBeSigned.every((name) => signedHeaders.includes(name))) throw incompleteSignature();
  if (header(call, 'x-acs-content-sha256') !== sha256(call.body)) throw incompleteSignature();

  const request = canonicalRequest(call, signedHeaders);
  const text = `${ALGORITHM}\n${sha256(request)}`;
  return {
    accessKeyId,
    securityToken,
    timestamp,
    nonce,
    signature,
    // Unlike V1, nothing is appended to the secret.
    expectedFor: (secret) => createHmac('sha256', secret).update(text).digest('hex'),
    // Seen in aliyun/alibabacloud-csharp-sdk#40; it echoes the signed headers, the token among them.
    mismatch: () =>
      'Specified signature does not match our calculation. ' +
      `server StringToSign is [${text}] server CanonicalRequest is [${request}]`,
  };
}

const ALGORITHM = 'ACS3-HMAC-SHA256';
const MUST_BE_SIGNED = [
  'host',
  'x-acs-action',
  'x-acs-version',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-content-sha256',
];

interface Authorization {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function authorization({ headers }: ApiCall): Authorization {
  const parts = /^ACS3-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=(\S+)$/;
  const [, accessKeyId, names, signature] = parts.exec(headers.authorization ?? '') ?? [];
  if (!accessKeyId || !names || !signature) throw incompleteSignature();
  return { accessKeyId, signedHeaders: names.toLowerCase().split(';').sort(), signature };
}

function canonicalRequest(call: ApiCall, signedHeaders: readonly string[]): string {
  return [
    call.method,
    call.path,
    canonicalQuery(call.query),
    ...signedHeaders.map((name) => `${name}:${header(call, name) ?? ''}`),
    '',
    signedHeaders.join(';'),
    header(call, 'x-acs-content-sha256'),
  ].join('\n');
}

function mandatory(call: ApiCall, name: string, title: string): string {
  const value = header(call, name);
  if (!value) throw missing(title);
  return value;
}

function header({ headers }: ApiCall, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : undefined;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
