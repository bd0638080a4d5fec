import { duration, isoTime } from '../../../shared/core/time.ts';
import { type Check, facts, findings, type Place, remark, wrong } from './finding.ts';

/** An address to which something is sent, without the parts of it that are secret. */
export interface Address {
  /** What it is, at the beginning of a sentence: `channel slack`. */
  readonly what: string;
  readonly host: string;
  readonly variable: string;
  readonly console?: string;
}

/** What became of connecting to an address, with nothing sent. */
export type Connected =
  /** `private`: it was not tried, since such an address is refused. */
  | { readonly kind: 'failed' | 'private'; readonly reason: string }
  | { readonly kind: 'open'; readonly certificate: Certificate | null };

export interface Certificate {
  readonly endsMs: number;
  /** Why it is not trusted, as Node.js and OpenSSL name it; null: it is. */
  readonly distrust: string | null;
}

/** Certificates are renewed a month before their end, as a rule; two weeks before, that has failed. */
const ENDS_SOON_MS = 14 * 24 * 60 * 60 * 1000;

export function examineAddress(address: Address, connected: Connected, nowMs: number): Check {
  const { what, host, variable, console } = address;
  const place: Place = { host, variables: [variable], ...(console !== undefined && { console }) };
  const copyAgain = `Copy the address again${console === undefined ? '' : `, from ${console}`}, and store it with npm run configure.`;
  if (connected.kind !== 'open') {
    const text = `${what} is not reached: ${host} (${variable}) ${connected.reason}.`;
    const kind = connected.kind === 'failed' ? 'unreachable' : 'private-address';
    return findings(wrong(kind, text, copyAgain, place));
  }
  const { certificate } = connected;
  if (certificate === null) return facts(`${what}: ${host} takes connections`);
  const { endsMs, distrust } = certificate;
  if (endsMs <= nowMs) {
    return findings(
      wrong(
        'certificate',
        `${what} gets nothing: the certificate of ${host} (${variable}) ended on ${isoTime(endsMs)}.`,
        'The operator of that host has to renew it. If it has not ended by other clocks, set that of this machine.',
        place,
      ),
    );
  }
  if (distrust !== null) {
    return findings(
      wrong(
        'certificate',
        `${what} gets nothing: the certificate of ${host} (${variable}) is not trusted: ${distrustText(distrust)} (${distrust}).`,
        'Use an address whose certificate is signed by a public authority, for just that host name.',
        place,
      ),
    );
  }
  if (endsMs - nowMs < ENDS_SOON_MS) {
    return findings(
      remark(
        'certificate-ends',
        `The certificate of ${host} (${variable}) ends in ${duration(endsMs - nowMs)}, on ${isoTime(endsMs)}.`,
        `When it has, ${what} gets nothing: the operator of that host has to renew it.`,
        place,
      ),
    );
  }
  return facts(`${what}: ${host} is reached, its certificate is good until ${isoTime(endsMs)}`);
}

/** Source: Node.js "TLS", X509 certificate error codes. */
function distrustText(code: string): string {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'it is self-signed';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'it is of another host';
    case 'CERT_NOT_YET_VALID':
      return 'it is not valid yet';
    default:
      return 'no authority known here has signed it';
  }
}
