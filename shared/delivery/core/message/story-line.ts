import { changeNote } from '../../../core/change-note.ts';
import type { MessageChange } from '../../../core/message.ts';
import type { Details, Noted } from '../../../core/model.ts';
import { isCurrent, MAX_NOTE_LENGTH } from '../../../core/note.ts';
import type { Phrasing } from '../../../core/phrasing.ts';
import { cleanName } from '../../../core/text.ts';
import { inLargestUnit } from '../../../core/time.ts';
import type { Wording } from '../../../core/wording.ts';
import { type Held, type StandingWords, statusIn, type Words } from '../../../core/words/words.ts';
import type { Story } from '../news/stories.ts';
import { symbolOf } from './groups.ts';
import type { Line } from './line.ts';
import { instanceLinks } from './links.ts';
import { placeOf } from './place.ts';

/** What a line is made with. */
export interface Setting extends Phrasing {
  readonly wording: Wording;
  readonly nowMs: number;
  /** The receiver rejected the content: names, tags and links are the likely cause. */
  readonly withoutUserText: boolean;
}

/** All that is said of one instance. */
export function storyLine(story: Story, setting: Setting): Line {
  const { first, last, pause } = story;
  const { scope } = last.commit;
  const { clock } = setting;
  const { previousAtMs } = first.commit;
  const { atMs } = last.commit;
  // In a pause, seconds would say more than is known.
  const when =
    pause === null || previousAtMs === null
      ? clock.window(previousAtMs, atMs)
      : clock.span(previousAtMs, atMs).join('–');
  const symbol = symbolOf(story);
  const text = whatHappened(story, setting);
  return instanceLine({ symbol, scope, change: last.change, text, when }, setting);
}

/** What a line says of an instance, whatever it is about. */
interface Said extends Pick<Line, 'symbol' | 'text'> {
  readonly scope: string;
  readonly change: MessageChange;
  readonly when: string;
}

export function instanceLine({ symbol, scope, change, text, when }: Said, setting: Setting): Line {
  const { instanceId, to, zoneId } = change;
  const { words, wording, withoutUserText } = setting;
  const name = withoutUserText ? '' : cleanName(change.name ?? '');
  return {
    symbol,
    name: name === '' ? instanceId : name,
    text,
    context: [
      ...(withoutUserText ? [] : noteIn(change, setting)),
      placeOf(scope, wording, zoneId),
      when,
      ...addressesIn(change),
      ...(withoutUserText ? [] : tagsIn(change)),
      ...(name === '' ? [] : [instanceId]),
    ].join(' · '),
    links: withoutUserText
      ? []
      : instanceLinks({ scope, instanceId, isGone: to === null }, words, wording),
  };
}

/** Code points of a name in a title: three of them have room. */
const MAX_NAME_LENGTH = 24;

/** An instance as a title names it. */
export function nameOf(
  { name = '', instanceId }: Pick<MessageChange, 'name' | 'instanceId'>,
  { withoutUserText }: Setting,
): string {
  const shown = withoutUserText ? '' : cleanName(name, MAX_NAME_LENGTH);
  return shown === '' ? instanceId : shown;
}

/** `stopped (was running for 3 days)` */
function whatHappened(story: Story, phrasing: Phrasing): string {
  const { first, last, noted, way, between, passed, standing } = story;
  const { words } = phrasing;
  const note = noted === null ? null : changeNote(noted.commit, noted.change, phrasing);
  const withNote = (said: string): string => (note === null ? said : words.withNote(said, note));
  if (standing !== null) return withNote(standingWords(standing, last.change.to, phrasing).text);
  const { from } = first.change;
  // What is said of a return begins with the same word.
  const outcome = words.outcome(statusIn(words, last.change.to), way === 'returned' ? null : way);
  const held = heldBefore(story, words);
  const details = [
    ...(from === null || (way === 'again' && held === undefined)
      ? []
      : [words.before(statusIn(words, from), held)]),
    ...(between.length > 0
      ? [words.between(between.map((status) => statusIn(words, status)))]
      : []),
    ...(passed > between.length ? [words.changesBetween(passed)] : []),
  ];
  const said = details.length === 0 || way === 'returned' ? outcome : words.aside(outcome, details);
  return withNote(said);
}

/** What is said of an instance besides its changes: they are only counted, or do not come. */
export function standingWords(
  standing: NonNullable<Story['standing']>,
  to: string | null,
  { words, clock }: Phrasing,
): StandingWords {
  const status = statusIn(words, to);
  if (standing.kind === 'lasting') return words.lasting(status, durationIn(words, standing.forMs));
  return words[standing.kind](status, standing.flips, clock.time(standing.sinceMs));
}

function durationIn({ counts }: Words, ms: number): string {
  const { count, unit } = inLargestUnit(ms);
  return counts[unit](count);
}

/** How long the first status was held. In a pause, it may have ended at its very beginning. */
function heldBefore({ first, pause }: Story, words: Words): Held | undefined {
  const { from, fromSinceMs, fromSinceKnown } = first.change;
  const untilMs = pause?.fromMs ?? first.commit.atMs;
  if (from === null || fromSinceMs === undefined) return undefined;
  if (pause !== null && untilMs <= fromSinceMs) return undefined;
  const isAtLeast = fromSinceKnown !== true || pause !== null;
  return { duration: durationIn(words, untilMs - fromSinceMs), isAtLeast };
}

/** What a person has written about the instance comes first: it may be why no person has to get up. */
function noteIn({ note }: Noted, { words, clock, nowMs }: Setting): readonly string[] {
  if (note === undefined || !isCurrent(note, nowMs)) return [];
  const text = cleanName(note.text, MAX_NOTE_LENGTH);
  return [words.note(text, cleanName(note.by), clock.time(note.untilMs))];
}

const MAX_ADDRESSES = 2;

/** The public addresses first: they are what other people know the instance by. */
function addressesIn({ privateIps = [], publicIps = [] }: Details): readonly string[] {
  const addresses = [...publicIps, ...privateIps].slice(0, MAX_ADDRESSES);
  return addresses.length === 0 ? [] : [addresses.map((address) => cleanName(address)).join(', ')];
}

/**
 * Tags that say what an instance is for and who has to get up for it. All others are bookkeeping, and
 * an instance may have twenty.
 */
const SHOWN_TAGS: readonly string[] = [
  'env',
  'environment',
  'app',
  'application',
  'service',
  'project',
  'team',
  'owner',
];
const MAX_TAGS = 3;
const MAX_TAG_LENGTH = 24;

function tagsIn({ tags = {} }: Details): readonly string[] {
  const shown = Object.entries(tags).filter(([key]) => SHOWN_TAGS.includes(key.toLowerCase()));
  return shown
    .slice(0, MAX_TAGS)
    .map(([key, value]) => `${cleanName(key)}=${cleanName(value, MAX_TAG_LENGTH)}`);
}
