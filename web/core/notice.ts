import type { Notice } from '../../shared/core/model.ts';
import { type ReportJson, reportIn } from '../../shared/core/report-json.ts';
import type { NoticeJson } from './answers.ts';

/** What other channels and accounts are failing is of no use to the words of a notice. */
const NOBODY = { failing: {} } as const;

/** A notice as the view answers it → as the words of messages take it. */
export function noticeOf(json: NoticeJson): Notice {
  const count = (name: string): number => Number(json[name] ?? 0);
  const text = (name: string): string => String(json[name] ?? '');
  const timeMs = (name: string): number => Date.parse(text(name));
  const { notice: kind } = json;
  switch (kind) {
    case 'baseline': {
      const again = json.again === true && { since: 0 };
      return { kind, instances: count('instances'), last: true, ...again };
    }
    case 'suspicious-scan':
      return { kind, missing: count('missing'), known: count('known') };
    case 'suspicion-lifted':
      return { kind, missing: count('missing') };
    case 'scans-failing':
    case 'store-failing':
      return {
        kind,
        failures: count('failures'),
        sinceMs: timeMs('since'),
        reason: text('reason'),
      };
    case 'scans-recovered':
      return { kind, failures: count('failures'), sinceMs: timeMs('since') };
    case 'long-round':
      return { kind, instances: count('instances'), roundMs: count('roundSeconds') * 1_000 };
    case 'channel-failing':
      return {
        kind,
        channel: text('channel'),
        failures: count('failures'),
        reason: text('reason'),
        deliveredAtMs: json.deliveredAt === null ? null : timeMs('deliveredAt'),
        ...NOBODY,
      };
    case 'channel-recovered':
      return { kind, channel: text('channel'), sinceMs: timeMs('since'), ...NOBODY };
    case 'quota-low':
      return {
        kind,
        channel: text('channel'),
        used: count('used'),
        quota: count('quota'),
        ...NOBODY,
      };
    case 'account-failing':
      return { kind, account: text('account'), reason: text('reason'), ...NOBODY };
    case 'account-recovered':
      return { kind, account: text('account'), sinceMs: timeMs('since'), ...NOBODY };
    case 'report':
      return { kind, ...reportIn(json.report as ReportJson), ...NOBODY };
    case 'ticks-resumed':
      return { kind, sinceMs: timeMs('since'), untilMs: timeMs('until') };
    default:
      return { kind: 'unknown', name: kind, fields: {} };
  }
}
