import { duration, MAX_CLOCK_DIFFERENCE_MS } from '../../../shared/core/time.ts';
import { CONSOLE } from './console.ts';
import { type Check, facts, findings, wrong } from './finding.ts';

/** The answer of STS to the question whose key this is. */
export interface IdentityAnswer {
  readonly host: string;
  /** Null: the key is refused, or there was no answer; `reason` says why. */
  readonly identity: { readonly accountId: string; readonly arn: string } | null;
  readonly code?: string;
  readonly reason?: string;
  /** The clock of the service less that of this machine; null: no answer. */
  readonly clockAheadMs: number | null;
}

/** Codes by which a service says that it does not know the key. Source: "Common error codes". */
const ABOUT_KEY =
  /^(?:InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature|InvalidSecurityToken|MissingSecurityToken)/u;
const ABOUT_CLOCK = /^InvalidTimeStamp/u;

export function isAboutKey(code: string | undefined): boolean {
  return code !== undefined && ABOUT_KEY.test(code);
}

export function hasAnswered({ identity, clockAheadMs }: IdentityAnswer): boolean {
  return identity !== null || clockAheadMs !== null;
}

const KEY_VARIABLES = ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'];

export function examineIdentity(answer: IdentityAnswer): Check {
  const { identity, host, code, reason = '' } = answer;
  if (identity !== null) {
    return facts(`key: of account ${identity.accountId} (${identity.arn})`);
  }
  if (ABOUT_CLOCK.test(code ?? '')) return { findings: [], facts: [] };
  if (isAboutKey(code)) {
    return findings(
      wrong(
        'key',
        `The key is refused by STS: ${reason}.`,
        'Copy the key again, both parts of it: npm run configure stores and tries it.',
        { host, variables: KEY_VARIABLES, console: CONSOLE.key },
      ),
    );
  }
  return findings(
    wrong(
      'sts',
      `Whose key this is could not be asked: ${reason}.`,
      'Check the network of this machine, and STS_ENDPOINT where it is set.',
      { host, variables: ['STS_ENDPOINT'] },
    ),
  );
}

/** Requests are refused when clocks differ by a quarter of an hour. Source: "Common error codes", InvalidTimeStamp. */
const REFUSED_FROM = '15 minutes';

export function examineClock({ clockAheadMs, host, code, reason }: IdentityAnswer): Check {
  const isRefused = ABOUT_CLOCK.test(code ?? '');
  if (clockAheadMs === null || (!isRefused && Math.abs(clockAheadMs) <= MAX_CLOCK_DIFFERENCE_MS)) {
    return { findings: [], facts: [] };
  }
  const away = Math.abs(clockAheadMs);
  const direction = clockAheadMs > 0 ? 'behind' : 'ahead of';
  const said = isRefused ? ` (${reason})` : '';
  return findings(
    wrong(
      'clock',
      `The clock of this machine is ${duration(away)} ${direction} that of ${host}${said}.`,
      `Set it (timedatectl set-ntp true): from ${REFUSED_FROM} on, every request is refused.`,
      { host },
    ),
  );
}
