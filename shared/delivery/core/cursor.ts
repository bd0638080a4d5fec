import type { Cursor, Position } from '../../core/channel-state.ts';

/** A journal in which there is no position yet is before every position. */
export function isPast(one: Position, other: Position | undefined): boolean {
  if (other === undefined) return true;
  return one.seq > other.seq || (one.seq === other.seq && one.part > other.part);
}

/** Those of the positions that are past the cursor. */
export function pastCursor(positions: Cursor, cursor: Cursor): Cursor {
  return Object.fromEntries(
    Object.entries(positions).filter(([scope, position]) => isPast(position, cursor[scope])),
  );
}

/** The cursor, moved on to these positions; it moves back in no journal. */
export function advance(cursor: Cursor, to: Cursor): Cursor {
  return { ...cursor, ...pastCursor(to, cursor) };
}
