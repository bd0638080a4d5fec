import type { AccessKey } from '../signature/access-key.ts';
import { acs3Claim } from '../signature/acs3.ts';
import { type Claim, type ClaimProblem, problemOfClaim } from '../signature/claim.ts';
import { hmacSha256 } from '../signature/hash.ts';
import type { InvokeCall, InvokeError } from './api-call.ts';

/** How the calls of one version of the API are signed: null when a call is not, or not in full. */
export type SignatureScheme = (call: InvokeCall) => Claim | null;

/** Null when the owner of one of the keys has signed `call`. */
export function checkSignature(
  call: InvokeCall,
  scheme: SignatureScheme,
  accessKeys: readonly AccessKey[],
  nowMs: number,
): InvokeError | null {
  const claim = scheme(call);
  if (claim === null) return NOT_SIGNED;
  const problem = problemOfClaim(claim, accessKeys, nowMs);
  return problem === null ? null : SIGNATURE_ERRORS[problem];
}

const NOT_SIGNED: InvokeError = {
  status: 400,
  code: 'MissingRequiredHeader',
  message: 'required HTTP header Authorization was not specified, or not complete',
};

const UNKNOWN_KEY: InvokeError = {
  status: 403,
  code: 'InvalidAccessKeyID',
  message: 'the access key is unknown',
};

const TOO_OLD: InvokeError = {
  status: 403,
  code: 'AccessDenied',
  message: 'the signature is older than 15 minutes',
};

const SIGNATURE_ERRORS: Readonly<Record<ClaimProblem, InvokeError>> = {
  'unknown-key': UNKNOWN_KEY,
  'missing-token': UNKNOWN_KEY,
  'wrong-token': UNKNOWN_KEY,
  'malformed-time': TOO_OLD,
  'expired-time': TOO_OLD,
  'wrong-signature': {
    status: 403,
    code: 'SignatureNotMatch',
    message:
      'The request signature we calculated does not match the signature you provided. ' +
      'Check your access key and signing method',
  },
};

/** `FC id:signature`, over a few headers and the path: FC 2.0, as @alicloud/fc2 signs. */
export const fcSignature: SignatureScheme = ({ method, path, headers }) => {
  const parts = /^FC ([^:]+):(\S+)$/.exec(headers.authorization ?? '');
  const [, accessKeyId, signature] = parts ?? [];
  if (!accessKeyId || !signature) return null;
  const { date = '' } = headers;
  const own = Object.keys(headers).filter((name) => name.startsWith('x-fc-'));
  const stringToSign = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    date,
    ...own.sort().map((name) => `${name}:${headers[name]}`),
    path,
  ].join('\n');
  return {
    accessKeyId,
    signature,
    securityToken: headers['x-fc-security-token'],
    signedAtMs: Date.parse(date),
    expectedFor: (secret) => hmacSha256(secret, stringToSign, 'base64'),
  };
};

/** ACS3-HMAC-SHA256: FC 3.0. */
export const acs3Signature: SignatureScheme = (call) => {
  const claim = acs3Claim(call);
  return typeof claim === 'string' ? null : claim;
};
