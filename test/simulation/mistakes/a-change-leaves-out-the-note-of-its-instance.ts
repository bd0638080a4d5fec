import type * as real from '../../../shared/core/note.ts';

export const withoutEndedNote: typeof real.withoutEndedNote = (value) => {
  const { note: _, ...rest } = value;
  return rest as typeof value;
};
