import { APPEARANCE_WORDS, appearanceOf, changeNote } from '../../core/appearance.ts';
import type { Message, Standing } from '../../core/message.ts';
import type { Change, Commit, Notice } from '../../core/model.ts';
import { clockTime, noticeText } from '../../core/notice-text.ts';
import { type Pause, pauseBefore } from '../../core/pause.ts';
import { cleanName, cleanText, counted } from '../../core/text.ts';
import { duration } from '../../core/time.ts';
import { WATCHER } from '../../core/watcher-journal.ts';
import { beginsAt, pauseTimes, type Section, sectionsOf } from './pauses.ts';
import { standingText } from './standing-text.ts';

/** A message in words, before a channel gives it its own markup. Nothing in it is escaped yet. */
export interface Digest {
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface Line {
  /** One character that can be distinguished at a glance. */
  readonly symbol: string;
  /** The instance's name (untrusted, already harmless) or its id; empty for a notice. */
  readonly name: string;
  /** What happened: `Running → Stopping → Stopped`, or the notice's sentence. */
  readonly text: string;
  /** Where and when: id, scope and window of the change. */
  readonly context: string;
}

const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['Running', '🟢'],
  ['Stopped', '🔴'],
  ['Pending', '🟡'],
  ['Starting', '🟡'],
  ['Stopping', '🟡'],
]);
const RELEASED_SYMBOL = '⚫';
const OTHER_SYMBOL = '⚪';
const PAUSE_SYMBOL = '⚠️';

/**
 * Puts a message in words: a line for each instance with all its moves, one for each notice, and one
 * above what differs after a pause.
 */
export function digestOf({ commits, isRepeat, withoutUserText, standings = [] }: Message): Digest {
  const stories = instanceStories(commits, withoutUserText);
  addStandings(stories, standings);
  const sections = sectionsOf(stories);
  const news = commits.filter((commit) => !isSaidBy(sections, commit));
  const baselines = news.filter(isFirstBaseline);
  const isFolded = (commit: Commit): boolean => baselines.length > 1 && isFirstBaseline(commit);
  const notices = news.flatMap((commit) =>
    commit.notice === undefined || isFolded(commit) ? [] : [noticeLine(commit, commit.notice)],
  );
  const folded = baselines.length > 1 ? [baselinesLine(baselines)] : [];
  return {
    title: `${isRepeat ? '(possible repeat) ' : ''}${titleOf(news, stories, sections)}`,
    lines: [
      ...folded,
      ...notices,
      ...sections.flatMap((section) => [pauseLine(section), ...section.stories.map(storyLine)]),
      ...stories.filter(({ pause }) => pause === null).map(storyLine),
    ],
  };
}

/** That ticks are recorded again is said once: the line above the differences says from when to when. */
function isSaidBy(sections: readonly Section<Story>[], { notice }: Commit): boolean {
  return (
    notice?.kind === 'ticks-resumed' &&
    sections.some(({ pause }) => beginsAt(pause, notice.sinceMs))
  );
}

function pauseLine({ pause, stories }: Section<Story>): Line {
  return {
    symbol: PAUSE_SYMBOL,
    name: '',
    text: `Not watching from ${pauseTimes(pause)}; this is what differs now.`,
    context: scopesIn(stories),
  };
}

/** The only scope by its name, several by their number. */
function scopesIn(items: readonly { readonly scope: string }[]): string {
  const [only = '', ...others] = new Set(items.map(({ scope }) => scope));
  return others.length === 0 ? only : counted(others.length + 1, 'scope');
}

/** All that happened to one instance, in order. */
interface Story {
  readonly scope: string;
  readonly instanceId: string;
  /** The state before the first move. */
  readonly beginning: string;
  readonly moves: Change[];
  readonly notes: string[];
  /** How long the state before the first move was held; null where that is not known. */
  readonly held: string | null;
  readonly sinceMs: number | null;
  atMs: number;
  /** The pause in which one of the moves happened. */
  pause: Pause | null;
}

/** `withoutNames`: the receiver rejected the content; user-written names are the likely cause. */
function instanceStories(commits: readonly Commit[], withoutNames: boolean): Story[] {
  const stories = new Map<string, Story>();
  for (const commit of commits) {
    if (commit.notice !== undefined) continue;
    for (const whole of commit.changes) {
      const { name: _name, ...nameless } = whole;
      const change = withoutNames ? nameless : whole;
      const key = `${commit.scope} ${change.instanceId}`;
      const story = stories.get(key) ?? {
        scope: commit.scope,
        instanceId: change.instanceId,
        beginning: beginningOf(commit, change),
        moves: [],
        notes: [],
        held: heldBefore(commit, change),
        sinceMs: commit.previousAtMs,
        atMs: commit.atMs,
        pause: null,
      };
      stories.set(key, story);
      story.moves.push(change);
      story.notes.push(...[changeNote(commit, change)].filter((note) => note !== null));
      story.atMs = commit.atMs;
      story.pause ??= pauseBefore(commit);
    }
  }
  return [...stories.values()];
}

/** What is said of an instance besides its moves is a note of its story. */
function addStandings(stories: readonly Story[], standings: readonly Standing[]): void {
  const byInstance = new Map(stories.map((story) => [`${story.scope} ${story.instanceId}`, story]));
  for (const { scope, instanceId, what } of standings) {
    const story = byInstance.get(`${scope} ${instanceId}`);
    const status = cleanText(story?.moves.at(-1)?.to ?? 'released');
    story?.notes.push(standingText(what, status));
  }
}

function beginningOf(commit: Commit, change: Change): string {
  const appearance = appearanceOf(commit, change);
  return appearance === null ? (change.from ?? '') : APPEARANCE_WORDS[appearance];
}

/** `Running for at least 3 days`. In a pause, a state may have ended at its very beginning. */
function heldBefore(commit: Commit, { from, fromSinceMs, fromSinceKnown }: Change) {
  const pause = pauseBefore(commit);
  const untilMs = pause?.fromMs ?? commit.atMs;
  if (from === null || fromSinceMs === undefined) return null;
  if (pause !== null && untilMs <= fromSinceMs) return null;
  const atLeast = fromSinceKnown === true && pause === null ? '' : 'at least ';
  return `${cleanText(from)} for ${atLeast}${duration(untilMs - fromSinceMs)}`;
}

/** Statuses that one line shows; a longer path keeps its ends and counts those in between. */
const MAX_PATH = 6;

function storyLine({
  scope,
  instanceId,
  beginning,
  moves,
  notes,
  held,
  sinceMs,
  atMs,
  pause,
}: Story): Line {
  const latest = moves.at(-1);
  const name = cleanName(latest?.name ?? '');
  const path = [beginning, ...moves.map(({ to }) => to ?? 'released')].map((status) =>
    cleanText(status),
  );
  const shown =
    path.length <= MAX_PATH ? path : [path[0], `… ${path.length - 3} more …`, ...path.slice(-2)];
  return {
    symbol: symbolOf(latest?.to ?? null),
    name: name === '' ? instanceId : name,
    text: [shown.join(' → '), ...new Set(notes)].join(', '),
    context: [
      ...(name === '' ? [] : [instanceId]),
      scope,
      windowOf(sinceMs, atMs, pause !== null),
      ...(held === null ? [] : [held]),
    ].join(' · '),
  };
}

function symbolOf(status: string | null): string {
  return status === null ? RELEASED_SYMBOL : (SYMBOLS.get(status) ?? OTHER_SYMBOL);
}

function windowOf(sinceMs: number | null, atMs: number, isLong: boolean): string {
  const until = clockTime(atMs);
  if (sinceMs === null) return `${until} UTC`;
  if (isLong) return `between ${pauseTimes({ fromMs: sinceMs, untilMs: atMs }, ' and ')}`;
  return `${clockTime(sinceMs)}–${until} UTC`;
}

function noticeLine({ scope, atMs }: Commit, notice: Notice): Line {
  const [symbol, text] = noticeText(notice);
  return { symbol, name: '', text, context: `${scope} · ${clockTime(atMs)} UTC` };
}

type BaselineCommit = Commit & { readonly notice: Extract<Notice, { kind: 'baseline' }> };

/** A baseline after damage has more to say, and keeps its line. */
function isFirstBaseline(commit: Commit): commit is BaselineCommit {
  return commit.notice?.kind === 'baseline' && commit.notice.since === undefined;
}

/** Scopes that a line names; of more it gives the number. */
const MAX_NAMED_SCOPES = 3;

/** The baselines of thirty regions are one line, not thirty. */
function baselinesLine(commits: readonly BaselineCommit[]): Line {
  const instances = new Map(commits.map(({ scope, notice }) => [scope, notice.instances]));
  const total = [...instances.values()].reduce((sum, count) => sum + count, 0);
  const scopes = [...instances.keys()];
  const left = scopes.length - MAX_NAMED_SCOPES;
  const named = scopes.slice(0, MAX_NAMED_SCOPES).join(', ');
  const times = commits.map(({ atMs }) => atMs);
  return {
    symbol: noticeText({ kind: 'baseline', instances: total, last: true })[0],
    name: '',
    text:
      `Watching ${counted(total, 'instance')} in ${counted(scopes.length, 'region')} from now on. ` +
      'Changes will be posted here.',
    context: `${named}${left > 0 ? ` and ${left} more` : ''} · ${clockTime(Math.max(...times))} UTC`,
  };
}

function titleOf(
  commits: readonly Commit[],
  stories: readonly Story[],
  sections: readonly Section<Story>[],
): string {
  const titles = [...noticeTitles(commits), ...pauseTitles(sections), ...storyTitles(stories)];
  // What concerns no scope is no further one, beside commits of others.
  const ofScopes = commits.filter(({ scope }) => scope !== WATCHER.key);
  return `ECS ${scopesIn(ofScopes.length === 0 ? commits : ofScopes)}: ${titles.join('; ')}`;
}

function pauseTitles([only, ...others]: readonly Section<Story>[]): readonly string[] {
  if (only === undefined) return [];
  if (others.length > 0) return ['not watching all the time'];
  return [`not watching from ${pauseTimes(only.pause)}`];
}

/** In a push message the title may be all that is read. */
const NOTICE_TITLES: Readonly<Record<Notice['kind'], string>> = {
  baseline: 'now watched',
  'suspicious-scan': 'many instances vanished at once',
  'suspicion-lifted': 'vanished instances are back',
  'scans-failing': 'scans are failing',
  'scans-recovered': 'scans work again',
  'long-round': 'a scan takes several ticks',
  'channel-failing': 'a channel is failing',
  'channel-recovered': 'a channel works again',
  'quota-low': 'a channel has used most of its messages of this month',
  'account-failing': 'an account cannot be watched',
  'account-recovered': 'an account is watched again',
  'ticks-resumed': 'ticks are recorded again',
  'store-failing': 'the store cannot be used',
  unknown: 'a notice of a newer version',
};

function noticeTitles(commits: readonly Commit[]): readonly string[] {
  const kinds = commits.flatMap(({ notice }) => (notice === undefined ? [] : [notice.kind]));
  return [...new Set(kinds)].map((kind) => NOTICE_TITLES[kind]);
}

/** One instance by its name, several by their number. */
function storyTitles(stories: readonly Story[]): readonly string[] {
  const [only, ...others] = stories;
  if (only === undefined) return [];
  if (others.length > 0) return [tally(stories)];
  const { name, text } = storyLine(only);
  return [`${name} ${text}`];
}

/** How many instances ended where: `3 Stopped, 1 released`. */
function tally(stories: readonly Story[]): string {
  const counts = new Map<string, number>();
  for (const { moves } of stories) {
    const latest = moves.at(-1);
    const to = latest?.returned ? 'back' : cleanText(latest?.to ?? 'released');
    counts.set(to, (counts.get(to) ?? 0) + 1);
  }
  return [...counts].map(([status, number]) => `${number} ${status}`).join(', ');
}

/**
 * As many rendered lines as fit; a last line counts those that do not. `sizeOf` measures in the
 * receiver's own unit.
 */
export function fitLines(
  lines: readonly string[],
  maxSize: number,
  sizeOf: (text: string) => number,
): readonly string[] {
  const fitting: string[] = [];
  // The closing line has its room set aside from the start.
  let room = maxSize - sizeOf(moreLine(lines.length)) - 2;
  for (const line of lines) {
    room -= sizeOf(line) + 1;
    if (room < 0) break;
    fitting.push(line);
  }
  const left = lines.length - fitting.length;
  return left === 0 ? fitting : [...fitting, moreLine(left)];
}

function moreLine(left: number): string {
  return `… and ${left} more`;
}
