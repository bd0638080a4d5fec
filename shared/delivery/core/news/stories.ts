import { type Appearance, appearanceOf } from '../../../core/appearance.ts';
import type {
  Message,
  MessageChange,
  MessageCommit,
  Severity,
  Standing,
} from '../../../core/message.ts';
import type { Change } from '../../../core/model.ts';
import { type Pause, pauseBefore } from '../../../core/pause.ts';
import { isTransitory, type SeverityOverrides, severityOf } from './severity.ts';

/** All that happened to one instance, as one: its first and its last move, and what lay between. */
export interface Story {
  readonly first: Move;
  readonly last: Move;
  readonly severity: Severity;
  /** How the instance came to be seen, or that it is as it was before. */
  readonly way: Appearance | 'again' | null;
  /** The move that appeared in a way that needs a word. */
  readonly noted: Move | null;
  /** Statuses that it went through and that say something; none of many. */
  readonly between: readonly (string | null)[];
  /** How many there were. */
  readonly passed: number;
  /** The pause in which one of the moves happened. */
  readonly pause: Pause | null;
  /** What is to be said besides; null: nothing. */
  readonly standing: Standing['what'] | null;
}

export interface Move {
  readonly commit: MessageCommit;
  readonly change: MessageChange;
}

/**
 * The stories of a message, in the order of their beginnings. It takes one look at each change: there
 * may be a hundred thousand.
 */
export function storiesOf({
  commits,
  standings = [],
}: Pick<Message, 'commits' | 'standings'>): readonly Story[] {
  const courses = new Map<string, Course>();
  for (const commit of commits) {
    if (commit.notice !== undefined) continue;
    for (const change of commit.changes) {
      const key = keyOf(commit.scope, change.instanceId);
      const course = courses.get(key);
      if (course === undefined) courses.set(key, beginning({ commit, change }));
      else goOn(course, { commit, change });
    }
  }
  const besides = new Map(
    standings.map(({ scope, instanceId, what }) => [keyOf(scope, instanceId), what]),
  );
  return [...courses].map(([key, course]) => storyOf(course, besides.get(key) ?? null));
}

function keyOf(scope: string, instanceId: string): string {
  return `${scope} ${instanceId}`;
}

/** A story as it grows. */
interface Course {
  readonly first: Move;
  last: Move;
  noted: Move | null;
  pause: Pause | null;
  readonly steady: Passed;
  readonly transitory: Passed;
  /** The first status in which something ran: what happens afterwards takes that down. */
  active: string | null;
}

/** Statuses between the first and the last: some of them, and how many there were. */
interface Passed {
  readonly statuses: (string | null)[];
  count: number;
}

/** Statuses in between that are named; of more only the number is given. */
const MAX_NAMED_BETWEEN = 3;

/** On an instance in these, nothing runs. */
const AT_REST: readonly (string | null)[] = [null, 'Pending', 'Stopped'];

function beginning(move: Move): Course {
  return {
    first: move,
    last: move,
    noted: hasNote(move) ? move : null,
    pause: pauseBefore(move.commit),
    steady: { statuses: [], count: 0 },
    transitory: { statuses: [], count: 0 },
    active: move.change.from,
  };
}

function goOn(course: Course, move: Move): void {
  const passed = course.last.change.to;
  const kind = isTransitory(passed) ? course.transitory : course.steady;
  kind.count += 1;
  if (kind.statuses.length < MAX_NAMED_BETWEEN) kind.statuses.push(passed);
  if (AT_REST.includes(course.active) && !AT_REST.includes(passed)) course.active = passed;
  if (hasNote(move)) course.noted = move;
  course.pause ??= pauseBefore(move.commit);
  course.last = move;
}

function hasNote({ commit, change }: Move): boolean {
  const appearance = appearanceOf(commit, change);
  return appearance !== null && appearance !== 'new';
}

function storyOf(
  { first, last, noted, pause, steady, transitory, active }: Course,
  standing: Story['standing'],
): Story {
  const { to, severities } = last.change;
  const isBack = first !== last && first.change.from === to;
  const way = wayOf(first, last, isBack);
  // Whatever is on the way says nothing, unless it is all that happened.
  const passed = isBack && steady.count === 0 ? transitory : without(first.change.from, steady);
  return {
    first,
    last,
    severity: severityIn(standing, way, { from: active, to }, severities),
    way,
    noted,
    between: passed.count > MAX_NAMED_BETWEEN ? [] : passed.statuses,
    passed: passed.count,
    pause,
    standing,
  };
}

/** That it was in its first status again for a moment says nothing, where it was in no other one. */
function without(status: string | null, passed: Passed): Passed {
  const isOther = passed.statuses.some((each) => each !== status);
  return isOther ? passed : { statuses: [], count: passed.count - passed.statuses.length };
}

function severityIn(
  standing: Story['standing'],
  way: Story['way'],
  ends: Pick<Change, 'from' | 'to'>,
  severities: SeverityOverrides | undefined,
): Severity {
  // What does not end as it should is bad, whatever its last status.
  if (standing?.kind === 'lasting' || standing?.kind === 'flapping') return 'bad';
  // A false release is corrected: that is good news of a stopped instance as well.
  return way === 'returned' ? 'good' : severityOf(ends, severities);
}

function wayOf(first: Move, last: Move, isBack: boolean): Story['way'] {
  // An instance that appeared and is gone is released, and no longer new.
  if (last.change.to === null) return null;
  const appearance = appearanceOf(last.commit, last.change);
  if (appearance !== null) return appearance;
  const before = appearanceOf(first.commit, first.change);
  // What happened after a return says more than the return, which has a note.
  if (before !== null && before !== 'returned') return before;
  return isBack ? 'again' : null;
}
