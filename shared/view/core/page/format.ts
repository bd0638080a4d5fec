import { cleanText } from '../../../core/text.ts';
import { isoTime } from '../../../core/time.ts';
import type { QueryParameters } from '../request.ts';
import { type Html, html } from './html.ts';

export function time(ms: number): Html {
  const iso = isoTime(ms);
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}

const AGE_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** How long ago, in the largest unit of which it is at least two. */
export function ago(ms: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - ms);
  const [unit, unitMs] = AGE_UNITS.find(([, size]) => ageMs >= 2 * size) ?? ['s', 1_000];
  return `${Math.floor(ageMs / unitMs)} ${unit} ago`;
}

/** Shapes, so that statuses differ at a glance and not by colour alone. */
const SHAPES: ReadonlyMap<string, string> = new Map([
  ['Running', '●'],
  ['Stopped', '■'],
  ['Pending', '◐'],
  ['Starting', '◐'],
  ['Stopping', '◐'],
]);
const OTHER_SHAPE = '○';

export function statusOf(status: string): Html {
  const shape = SHAPES.get(status) ?? OTHER_SHAPE;
  return html`<span class="whole"><span aria-hidden="true">${shape}</span>\u00a0${outsideText(status)}</span>`;
}

const HAN = /\p{Script=Han}/u;

/** A name in its own direction; a Chinese one with the glyphs and line breaks of its language. */
export function nameOf(name: string): Html {
  const text = outsideText(name);
  return HAN.test(text) ? html`<bdi lang="zh">${text}</bdi>` : html`<bdi>${text}</bdi>`;
}

export function idLink(instanceId: string): Html {
  const address = `instances/${encoded(instanceId)}`;
  return html`<a class="id whole" href="${address}">${outsideText(instanceId)}</a>`;
}

/** Text from outside: nothing in it acts. Longer than most names, so that an id is never cut. */
export function outsideText(text: string): string {
  return cleanText(text, 128);
}

/** An address of this page: the given parameters with changes. An empty value is left out. */
export function href(given: QueryParameters, changes: Readonly<Record<string, string>>): string {
  const parameters = new Map([...given, ...Object.entries(changes)]);
  const pairs = [...parameters].filter(([, value]) => value !== '');
  return `?${pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&')}`;
}

function encoded(text: string): string {
  // encodeURIComponent throws at half a character.
  return encodeURIComponent(text.toWellFormed());
}
