import { extended } from './extended.ts';
import {
  type Details,
  type DetailsChange,
  detailsOf,
  type Instance,
  type Note,
  type Noted,
} from './model.ts';
import { cleanText } from './text.ts';
import { DAY_MS, isoTime } from './time.ts';

/**
 * What a person has written about an instance, for those who see it next. A note is a detail of the
 * instance in the journal, so that the snapshot, and each moment of the past, has it.
 */

/** Characters of a note: a line of a message, not a page of a manual. */
export const MAX_NOTE_LENGTH = 200;
/** Notes in one scope at a time. They are in its checkpoint, and a message is no wiki. */
export const MAX_NOTES = 1_000;
/** What is to be known for longer belongs into a tag. */
export const MAX_NOTE_DAYS = 366;
/** Characters of the name of its writer. */
const MAX_WRITER_LENGTH = 32;

/** A note as a person has given it. */
export interface GivenNote {
  readonly text: string;
  readonly by: string;
  readonly untilMs: number;
}

/** The note as it is stored: text from outside, safe to show on one line. */
export function noteOf({ text, by, untilMs }: GivenNote, nowMs: number): Note {
  const length = MAX_NOTE_LENGTH;
  return {
    text: cleanText(text, length),
    by: cleanText(by, MAX_WRITER_LENGTH),
    atMs: nowMs,
    untilMs,
  };
}

/** Why a note cannot be written, all reasons at once. */
export function problemsOf({ text, untilMs }: GivenNote, nowMs: number): readonly string[] {
  const length = [...text].length;
  const latestMs = nowMs + MAX_NOTE_DAYS * DAY_MS;
  return [
    ...(cleanText(text) === '' ? ['its text is empty'] : []),
    ...(length > MAX_NOTE_LENGTH
      ? [`its text has ${length} characters, and a note has ${MAX_NOTE_LENGTH} at most`]
      : []),
    ...(untilMs > nowMs ? [] : [`it would be over already: ${isoTime(untilMs)} is past`]),
    ...(untilMs <= latestMs ? [] : [`its date is more than ${MAX_NOTE_DAYS} days away`]),
  ];
}

/** Is a note still to be shown at this time? */
export function isCurrent({ untilMs }: Note, ms: number): boolean {
  return untilMs > ms;
}

/** Instances with a note, whether its date has passed or not. */
export function notesIn(instances: ReadonlyMap<string, Instance>): number {
  let count = 0;
  for (const { note } of instances.values()) if (note !== undefined) count += 1;
  return count;
}

/** From one note, or none, to another, or none. */
export function noteChange(
  instanceId: string,
  { note: before }: Noted,
  after?: Note,
): DetailsChange {
  return {
    instanceId,
    before: before === undefined ? {} : { note: before },
    after: after === undefined ? {} : { note: after },
  };
}

/** What removes the notes whose date has passed. */
export function endedNotes(
  instances: ReadonlyMap<string, Instance>,
  nowMs: number,
): readonly DetailsChange[] {
  const ended: DetailsChange[] = [];
  for (const [id, instance] of instances) {
    const { note } = instance;
    if (note !== undefined && !isCurrent(note, nowMs)) ended.push(noteChange(id, instance));
  }
  return ended;
}

/** The same without a note whose date has passed. */
export function withoutEndedNote<T extends Noted>(value: T, ms: number): T {
  const { note } = value;
  if (note === undefined || isCurrent(note, ms)) return value;
  const rest: T & { note?: Note } = extended(value, {});
  delete rest.note;
  return rest;
}

/** A note as programs see it, beside the details of its instance. */
export interface NoteJson {
  readonly note: string;
  readonly noteBy: string;
  readonly noteAt: string;
  readonly noteUntil: string;
}

export const NOTE_NAMES = [
  'note',
  'noteBy',
  'noteAt',
  'noteUntil',
] as const satisfies readonly (keyof NoteJson)[];

function noteJson({ note }: Noted): Partial<NoteJson> {
  if (note === undefined) return {};
  const { text, by, atMs, untilMs } = note;
  return { note: text, noteBy: by, noteAt: isoTime(atMs), noteUntil: isoTime(untilMs) };
}

/** What is known of an instance besides its status, as programs see it. */
export function describedJson(source: Details & Noted): Details & Partial<NoteJson> {
  return { ...detailsOf(source), ...noteJson(source) };
}

/** The way back. */
export function notedIn({ note, noteBy, noteAt, noteUntil }: Partial<NoteJson>): Noted {
  if (note === undefined || noteAt === undefined || noteUntil === undefined) return {};
  const times = { atMs: Date.parse(noteAt), untilMs: Date.parse(noteUntil) };
  return { note: { text: note, by: noteBy ?? '', ...times } };
}
