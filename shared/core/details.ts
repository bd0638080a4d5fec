import { extended } from './extended.ts';
import {
  type Commit,
  DETAIL_NAMES,
  type Details,
  type DetailsChange,
  detailsOf,
  type Noted,
} from './model.ts';

/** What differs between two sights of an instance at ECS, which knows of no notes; null: nothing does. */
export function detailsChange(
  instanceId: string,
  before: Details,
  after: Details,
): DetailsChange | null {
  const names = DETAIL_NAMES.filter((name) => canonical(before[name]) !== canonical(after[name]));
  if (names.length === 0) return null;
  return { instanceId, before: fieldsOf(before, names), after: fieldsOf(after, names) };
}

const NAMES = [...DETAIL_NAMES, 'note'] as const;

/** The same value with the details, and the note, that a change leads to. */
export function withDetails<T extends Details & Noted>(
  value: T,
  { before, after }: DetailsChange,
): T {
  const changed = extended(value, { ...detailsOf(after), ...noteIn(after) });
  for (const name of NAMES) {
    if (after[name] === undefined && before[name] !== undefined) delete changed[name];
  }
  return changed;
}

function noteIn({ note }: Noted): Noted {
  return note === undefined ? {} : { note };
}

/**
 * Such a commit says what people have written, and nothing that a scan has seen: it changes nothing
 * that scans build on.
 */
export function holdsOnlyNotes(commit: Commit): boolean {
  const isOfNote = ({ before, after }: DetailsChange): boolean =>
    DETAIL_NAMES.every((name) => before[name] === undefined && after[name] === undefined);
  return holdsOnlyDetails(commit) && (commit.details ?? []).every(isOfNote);
}

/** Such a commit is no news: nothing has happened to an instance. */
export function holdsOnlyDetails({ details, changes, notice }: Commit): boolean {
  return details !== undefined && changes.length === 0 && notice === undefined;
}

function fieldsOf(source: Details, names: readonly (keyof Details)[]): Details {
  return Object.fromEntries(
    names.flatMap((name) => (source[name] === undefined ? [] : [[name, source[name]]])),
  );
}

/** ECS promises no order of addresses and tags: another order is no change. */
function canonical(value: Details[keyof Details]): string | undefined {
  if (Array.isArray(value)) return JSON.stringify(value.toSorted());
  if (typeof value === 'object') return JSON.stringify(Object.entries(value).sort());
  return value;
}
