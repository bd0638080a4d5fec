import { healthWithCredibleTimes } from '../core/credible-times.ts';
import type { Commit } from '../core/model.ts';
import {
  type GivenNote,
  MAX_NOTES,
  noteChange,
  noteOf,
  notesIn,
  problemsOf,
} from '../core/note.ts';
import { counted } from '../core/text.ts';
import { commitTimeMs, isoTime } from '../core/time.ts';
import { appendOnce } from '../journal/append-once.ts';
import type { Limits } from '../lib/write-once.ts';
import { findInstance, type ScopeView } from './core/fleet.ts';
import type { InstanceRow } from './core/instance-row.ts';
import type { NoteJournal, ViewPorts } from './ports.ts';
import { type FleetPorts, readFleet } from './read-fleet.ts';

export type WrittenNote =
  /** The instance as it is now. */
  | { readonly kind: 'written'; readonly row: InstanceRow }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  /** `releasedAtMs`: when its release was recorded, if it is still known. */
  | { readonly kind: 'absent'; readonly releasedAtMs?: number }
  /** Ticks have recorded one commit after the other. */
  | { readonly kind: 'overtaken' };

/** Commits that may come first, of ticks and of other people. */
const MAX_ATTEMPTS = 5;

/**
 * Writes a note about an instance, or removes it (`given` undefined), as a commit of its scope: the
 * snapshot has it from then on. `id` names the writing, so that a lost answer is recognised.
 * @throws {JournalError}
 */
export async function writeNote(
  ports: FleetPorts & Pick<ViewPorts, 'scopes'>,
  { journal, limits }: { readonly journal: NoteJournal; readonly limits: Limits },
  { id, instanceId, given }: { id: string; instanceId: string; given: GivenNote | undefined },
): Promise<WrittenNote> {
  const problems = given === undefined ? [] : problemsOf(given, ports.now());
  if (problems.length > 0) return { kind: 'refused', problems };
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const views = await readFleet(ports, ports.scopes);
    const found = findInstance(views, instanceId);
    if (found === undefined) return absent(views, instanceId);
    const { view, instance: row } = found;
    const { instance } = row;
    if (given === undefined && instance.note === undefined) return { kind: 'written', row };
    if (instance.note === undefined && notesIn(view.snapshot.instances) >= MAX_NOTES)
      return { kind: 'refused', problems: [tooMany(view)] };
    const nowMs = ports.now();
    const note = given && noteOf(given, nowMs);
    const commit: Commit = {
      scope: view.scope.key,
      seq: view.snapshot.seq + 1,
      atMs: commitTimeMs(view.snapshot.lastAtMs, nowMs),
      previousAtMs: lastLookMs(view, nowMs),
      tickId: id,
      details: [noteChange(instanceId, instance, note)],
      changes: [],
    };
    if ((await appendOnce(journal, view.scope, commit, limits)) === 'taken') continue;
    const { note: _, ...bare } = instance;
    return { kind: 'written', row: { ...row, instance: { ...bare, ...(note && { note }) } } };
  }
  return { kind: 'overtaken' };
}

/** When the last scan began; null: none is known, or only one that lies ahead of every clock. */
function lastLookMs({ health }: ScopeView, nowMs: number): number | null {
  return health === undefined
    ? null
    : healthWithCredibleTimes(health, nowMs).health.lastGoodStartMs;
}

function absent(views: readonly ScopeView[], instanceId: string): WrittenNote {
  const times = views.flatMap(({ snapshot }) => snapshot.released.get(instanceId) ?? []);
  const [releasedAtMs] = times.sort((one, other) => other - one);
  return { kind: 'absent', ...(releasedAtMs !== undefined && { releasedAtMs }) };
}

function tooMany({ scope }: ScopeView): string {
  return `${scope.key} has ${counted(MAX_NOTES, 'note')} already: remove one first`;
}

/** Why there is nothing to write a note about. */
export function absenceOf(
  id: string,
  { releasedAtMs }: { readonly releasedAtMs?: number },
): string {
  return releasedAtMs === undefined
    ? `${id} is in no scope that is watched: a note needs the id of an instance that is there`
    : `${id} was released at ${isoTime(releasedAtMs)}: there is nothing to write a note about`;
}
