import type { Severity } from '../../../core/message.ts';
import type { Commit, Notice } from '../../../core/model.ts';
import { NOTICE_SYMBOLS, noticeSeverity, noticeText } from '../../../core/notice-text.ts';
import type { NoticeWords } from '../../../core/words/words.ts';
import { beginsAt, type Gap } from '../news/pauses.ts';
import type { Line } from './line.ts';
import { placeOf } from './place.ts';
import type { Setting } from './story-line.ts';

/** A notice of a message, or the first baselines of several scopes as one. */
export interface NoticeNews {
  readonly severity: Severity;
  readonly symbol: string;
  readonly title: () => string;
  readonly line: () => Line;
}

/** The notices among these commits, put in words only as far as they are asked for. */
export function noticesIn(
  commits: readonly Commit[],
  gaps: readonly Gap[],
  setting: Setting,
): readonly NoticeNews[] {
  const noticed = commits.filter(
    (commit): commit is NoticeCommit =>
      commit.notice !== undefined && !isSaidBy(gaps, commit.notice),
  );
  const baselines = noticed.filter(isFirstBaseline);
  if (baselines.length < 2) return noticed.map((commit) => noticeNews(commit, setting));
  const others = noticed.filter((commit) => !isFirstBaseline(commit));
  return [
    baselinesNews(baselines, setting),
    ...others.map((commit) => noticeNews(commit, setting)),
  ];
}

type NoticeCommit = Commit & { readonly notice: Notice };
type BaselineCommit = Commit & { readonly notice: Extract<Notice, { kind: 'baseline' }> };

/** That ticks are recorded again is said once: the line above the differences says from when to when. */
function isSaidBy(gaps: readonly Gap[], notice: Notice): boolean {
  return (
    notice.kind === 'ticks-resumed' && gaps.some(({ pause }) => beginsAt(pause, notice.sinceMs))
  );
}

/** A baseline after damage has more to say, and keeps its line. */
function isFirstBaseline(commit: Commit): commit is BaselineCommit {
  return commit.notice?.kind === 'baseline' && commit.notice.since === undefined;
}

function noticeNews({ scope, atMs, notice }: NoticeCommit, setting: Setting): NoticeNews {
  const severity = noticeSeverity(notice);
  const place = placeOf(scope, setting.wording);
  return newsOf(severity, () => noticeText(notice, setting), place, atMs, setting);
}

/** Scopes that a line names; of more it gives the number. */
const MAX_NAMED_SCOPES = 3;

/** The baselines of thirty regions are one line, not thirty. */
function baselinesNews(commits: readonly BaselineCommit[], setting: Setting): NoticeNews {
  const { words, wording } = setting;
  const instances = new Map(commits.map(({ scope, notice }) => [scope, notice.instances]));
  const total = [...instances.values()].reduce((sum, count) => sum + count, 0);
  const places = [...instances.keys()].map((scope) => placeOf(scope, wording));
  const where = words.someOf(places.slice(0, MAX_NAMED_SCOPES), places.length);
  const atMs = commits.reduce((latest, commit) => Math.max(latest, commit.atMs), 0);
  return newsOf('neutral', () => words.baselines(total, instances.size), where, atMs, setting);
}

function newsOf(
  severity: Severity,
  said: () => NoticeWords,
  place: string,
  atMs: number,
  { clock }: Setting,
): NoticeNews {
  const symbol = NOTICE_SYMBOLS[severity];
  return {
    severity,
    symbol,
    title: () => said().title,
    line: () => ({
      symbol,
      name: '',
      text: said().text,
      context: [place, clock.time(atMs)].filter((part) => part !== '').join(' · '),
      links: [],
    }),
  };
}
