import type { Severity } from '../../../core/message.ts';
import type { Commit, Notice, ReportedInstance } from '../../../core/model.ts';
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
  if (baselines.length < 2) return noticed.flatMap((commit) => noticeNews(commit, setting));
  const others = noticed.filter((commit) => !isFirstBaseline(commit));
  return [
    baselinesNews(baselines, setting),
    ...others.flatMap((commit) => noticeNews(commit, setting)),
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

/** One for each of its lines. The first says when; all have the same title, which is said once. */
function noticeNews(
  { scope, atMs, notice }: NoticeCommit,
  setting: Setting,
): readonly NoticeNews[] {
  const severity = noticeSeverity(notice);
  const place = placeOf(scope, setting.wording);
  const said = (): NoticeWords => noticeText(plainOf(notice, setting), setting);
  const first = newsOf(severity, said, place, atMs, setting);
  if (notice.kind !== 'report') return [first];
  const { title, more = [] } = said();
  const further = more.map((text) => {
    const news = newsOf(severity, () => ({ title, text }), '', atMs, setting);
    return { ...news, line: () => ({ ...news.line(), context: '' }) };
  });
  return [first, ...further];
}

/** A report names instances: names may be why the receiver has rejected the content. */
function plainOf(notice: Notice, { withoutUserText }: Setting): Notice {
  if (notice.kind !== 'report' || !withoutUserText) return notice;
  const unnamed = ({ name: _, ...rest }: ReportedInstance): ReportedInstance => rest;
  return { ...notice, longest: notice.longest.map(unnamed), most: notice.most.map(unnamed) };
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
