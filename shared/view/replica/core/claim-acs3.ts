import type { ApiCall } from './call.ts';
import { canonicalQuery } from './canonical.ts';
import type { Claim } from './claim.ts';
import { type Failure, INCOMPLETE_SIGNATURE, missingPart, signatureMismatch } from './failure.ts';

/** SHA-256 in lower-case hexadecimal digits. */
export type HashHex = (content: string | Uint8Array) => string;

const ALGORITHM = 'ACS3-HMAC-SHA256';
const AUTHORIZATION =
  /^ACS3-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([^,\s]+)$/u;

/** A signature that leaves one of these out would be good for other requests as well. */
const MUST_BE_SIGNED = [
  'host',
  'x-acs-action',
  'x-acs-version',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-content-sha256',
];

/**
 * Signature V3: over method, query, body and the headers that the request names. `host` replaces the
 * host that the request came with.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export function claimAcs3(
  call: ApiCall,
  hashHex: HashHex,
  host: string | undefined,
): Claim | Failure {
  const header = (name: string): string =>
    (name === 'host' ? host : undefined) ?? call.headers.get(name)?.trim() ?? '';
  const [, accessKeyId, names, signature] = AUTHORIZATION.exec(header('authorization')) ?? [];
  if (accessKeyId === undefined || names === undefined || signature === undefined) {
    return INCOMPLETE_SIGNATURE;
  }
  if (header('x-acs-date') === '') return missingPart('Timestamp');
  if (header('x-acs-signature-nonce') === '') return missingPart('SignatureNonce');
  const signed = names.toLowerCase().split(';').sort();
  const securityToken = header('x-acs-security-token');
  const required = [...MUST_BE_SIGNED, ...(securityToken === '' ? [] : ['x-acs-security-token'])];
  const bodyHash = hashHex(call.body);
  if (!required.every((name) => signed.includes(name))) return INCOMPLETE_SIGNATURE;
  if (header('x-acs-content-sha256') !== bodyHash) return INCOMPLETE_SIGNATURE;

  const canonicalRequest = [
    call.method,
    '/',
    canonicalQuery(call.query),
    ...signed.map((name) => `${name}:${header(name)}`),
    '',
    signed.join(';'),
    bodyHash,
  ].join('\n');
  const stringToSign = `${ALGORITHM}\n${hashHex(canonicalRequest)}`;
  return {
    accessKeyId,
    securityToken,
    timestamp: header('x-acs-date'),
    nonce: header('x-acs-signature-nonce'),
    signature,
    stringToSign,
    // The text is that of aliyun/alibabacloud-csharp-sdk#40.
    mismatch: signatureMismatch(
      'Specified signature does not match our calculation. ' +
        `server StringToSign is [${stringToSign}] server CanonicalRequest is [${canonicalRequest}]`,
    ),
  };
}
