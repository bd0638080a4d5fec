import type { Notice } from './model.ts';
import type { Phrasing } from './phrasing.ts';
import type { NoticeWords } from './words/words.ts';

/** What a notice means to the people who run the watcher; the names are those of changes. */
export type NoticeSeverity = 'bad' | 'neutral' | 'good';

const SEVERITY_OF: Readonly<Record<Notice['kind'], NoticeSeverity>> = {
  baseline: 'neutral',
  'suspicious-scan': 'bad',
  'suspicion-lifted': 'good',
  'scans-failing': 'bad',
  'scans-recovered': 'good',
  'long-round': 'neutral',
  'channel-failing': 'bad',
  'channel-recovered': 'good',
  'quota-low': 'bad',
  'account-failing': 'bad',
  'account-recovered': 'good',
  'ticks-resumed': 'neutral',
  report: 'neutral',
  'store-failing': 'bad',
  test: 'neutral',
  unknown: 'neutral',
};

/** Those that are committed: `test` is only sent, and `unknown` is of a later version. */
export const NOTICE_KINDS: readonly string[] = Object.keys(SEVERITY_OF).filter(
  (kind) => kind !== 'test' && kind !== 'unknown',
);

export const NOTICE_SYMBOLS: Readonly<Record<NoticeSeverity, string>> = {
  bad: '⚠️',
  neutral: '📋',
  good: '✅',
};

/** A notice as people see it. */
export interface NoticeText extends NoticeWords {
  readonly severity: NoticeSeverity;
  readonly symbol: string;
}

export function noticeText(notice: Notice, { words, clock, channel }: Phrasing): NoticeText {
  const severity = noticeSeverity(notice);
  const named = withNames(notice, channel);
  return { severity, symbol: NOTICE_SYMBOLS[severity], ...words.notice(named, clock) };
}

/** The same with its channels as the language calls them: words know no kinds. */
function withNames(notice: Notice, channel: Phrasing['channel']): Notice {
  if (notice.kind === 'report') {
    const channels = notice.channels.map((one) => ({ ...one, channel: channel(one.channel) }));
    return { ...notice, channels };
  }
  return 'channel' in notice ? { ...notice, channel: channel(notice.channel) } : notice;
}

/** A baseline after damage is bad: what happened meanwhile is not known. */
export function noticeSeverity(notice: Notice): NoticeSeverity {
  return notice.kind === 'baseline' && notice.since !== undefined
    ? 'bad'
    : SEVERITY_OF[notice.kind];
}
