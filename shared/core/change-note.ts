import { appearanceOf } from './appearance.ts';
import type { Change, Commit } from './model.ts';
import type { Phrasing } from './phrasing.ts';

/** What there is to say of a change besides its statuses; null for nearly all. */
export function changeNote(
  commit: Commit,
  change: Change,
  { words, clock }: Phrasing,
): string | null {
  const { fromSinceMs, created = '' } = change;
  switch (appearanceOf(commit, change)) {
    case 'returned':
      return words.returnedNote(fromSinceMs === undefined ? null : clock.time(fromSinceMs));
    case 'created-before':
      return words.createdNote(clock.date(Date.parse(created)));
    default:
      return null;
  }
}
