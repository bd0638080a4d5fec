import { isNoteRun, type LivingRun } from '../run.ts';
import type { StoredChange, StoredDetails, StoredNote } from './stored.ts';
import type { Results, Truth } from './truth.ts';

/** Nothing is recorded in between. */
const TICKS = 2;

/** What a person has written about an instance is kept until its date, and is said with its news. */
export function notedPromises(
  { isClockRight, periodMs, nowMs }: Pick<Truth, 'isClockRight' | 'periodMs' | 'nowMs'>,
  { tally, violated }: Results,
) {
  /** `scope instanceId` → its note, by the journal. */
  const notes = new Map<string, StoredNote>();
  const isSame = (one: StoredNote | undefined, other: StoredNote | undefined): boolean =>
    one?.text === other?.text && one?.untilMs === other?.untilMs && one?.by === other?.by;

  return {
    onDetails(where: string, scope: string, run: LivingRun, details: StoredDetails): void {
      const { instanceId, before, after } = details;
      const key = `${scope} ${instanceId}`;
      const known = notes.get(key);
      if (isSame(before.note, after.note)) return;
      if (!isSame(before.note, known))
        violated(
          `${where} has a note of ${instanceId} that was ${known?.text}: ${before.note?.text}`,
        );
      const isOver = known !== undefined && known.untilMs <= run.runtime.now();
      if (!isNoteRun(run) && (after.note !== undefined || (isClockRight && !isOver)))
        violated(`${where} changes the note of ${instanceId}, which no person did`);
      if (after.note === undefined) notes.delete(key);
      else notes.set(key, after.note);
      tally.notes += 1;
    },
    onChange(where: string, scope: string, atMs: number, change: StoredChange): void {
      const { instanceId, from, to, note } = change;
      const key = `${scope} ${instanceId}`;
      const known = notes.get(key);
      const isOver = known === undefined || known.untilMs <= atMs + 60_000;
      if (from !== null && note !== undefined && !isSame(note, known))
        violated(`${where} has a note of ${instanceId} that no person has written`);
      if (from !== null && note === undefined && isClockRight && !isOver)
        violated(`${where} says nothing of the note of ${instanceId}`);
      if (to === null) notes.delete(key);
    },
    /** A message shows of a change what is stored. */
    onShown(what: string, stored: StoredChange, change: Pick<StoredChange, 'instanceId' | 'note'>) {
      if (!isSame(stored.note, change.note))
        violated(`${what}: the note of ${change.instanceId} is not as it is stored`);
    },
    openEnds(): readonly string[] {
      const lateMs = nowMs() - TICKS * periodMs;
      return [...notes].flatMap(([key, { untilMs }]) =>
        isClockRight && untilMs < lateMs ? [`the note of ${key} is still there`] : [],
      );
    },
  };
}
