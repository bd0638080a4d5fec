import { type Random, seededRandom } from '../../local/random.ts';
import type { Scope } from '../../shared/core/model.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { writeNote } from '../../shared/view/write-note.ts';
import type { Fleet } from './fleet.ts';
import type { LivingRun } from './run.ts';

/** How likely it is that a person writes a note in the time of one tick. */
const SHARE = 0.3;
/** Most notes are about something; some take one away. */
const REMOVED_SHARE = 0.2;
/** How long notes count, in ticks. */
const LASTING_TICKS = [1, 3, 10, 40] as const;

/** What a person does about one instance. */
export interface WantedNote {
  readonly instanceId: string;
  /** Null: the note is removed. */
  readonly text: string | null;
  readonly lastsMs: number;
  /** Within the tick. */
  readonly afterMs: number;
  readonly random: Random;
}

const MINUTE_MS = 60_000;

/** The note that is written in the time of a tick; null: none is. */
export function drawNote(
  random: Random,
  fleets: ReadonlyMap<string, Fleet>,
  { index, periodMs }: { readonly index: number; readonly periodMs: number },
): WantedNote | null {
  if (!random.chance(SHARE)) return null;
  const { listing } = random.pick([...fleets.values()]);
  if (listing.length === 0) return null;
  return {
    instanceId: random.pick(listing).id,
    text: random.chance(REMOVED_SHARE) ? null : `note ${index}`,
    lastsMs: random.pick(LASTING_TICKS) * periodMs,
    afterMs: random.below(MINUTE_MS),
    random: seededRandom(random.below(2 ** 31)),
  };
}

/** What fails is for the person to try again. */
export async function write(
  run: LivingRun,
  journal: Journal,
  scopes: readonly Scope[],
  { instanceId, text, lastsMs }: WantedNote,
  deadlineMs: number,
): Promise<void> {
  const { runtime, tickId } = run;
  const { now } = runtime;
  const given = text === null ? undefined : { text, by: 'ops', untilMs: now() + lastsMs };
  try {
    await writeNote(
      { journal, scopes, readings: new Map(), now },
      { journal, limits: { runtime, deadlineMs } },
      { id: tickId, instanceId, given },
    );
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
  }
}
