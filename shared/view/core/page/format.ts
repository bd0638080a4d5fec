import { cleanText } from '../../../core/text.ts';
import { isoTime } from '../../../core/time.ts';
import type { QueryParameters } from '../request.ts';
import { type Html, html } from './html.ts';
import type { PlainWords } from './words/words.ts';

export function time(ms: number): Html {
  return html`<time datetime="${isoTime(ms)}">${dateTime(ms)}</time>`;
}

/** `2026-11-22 10:05:01`, in UTC */
export function dateTime(ms: number): string {
  const iso = isoTime(ms);
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

export function ago(words: PlainWords, ms: number, nowMs: number): string {
  return words.ago(Math.max(0, nowMs - ms));
}

/** What a status means to a reader: the style sheet has a colour for each, and each has a shape. */
const TONES: ReadonlyMap<string, readonly [tone: string, shape: string]> = new Map([
  ['Running', ['running', '●']],
  ['Stopped', ['stopped', '■']],
  ['Pending', ['moving', '◐']],
  ['Starting', ['moving', '◐']],
  ['Stopping', ['moving', '◐']],
]);
const OTHER = ['other', '◆'] as const;

/** A status, with a colour and a shape, so that they differ at a glance and not by colour alone. */
export function statusOf(words: PlainWords, status: string): Html {
  const [tone, shape] = TONES.get(status) ?? OTHER;
  return html`<span class="whole tone ${tone}"><span aria-hidden="true">${shape}</span>\u00a0${statusWord(words, status)}</span>`;
}

export function statusWord({ statuses }: PlainWords, status: string): string {
  return Object.hasOwn(statuses, status) ? (statuses[status] ?? '') : outsideText(status);
}

export function releasedMark({ released }: PlainWords): Html {
  return html`<span class="whole tone gone"><span aria-hidden="true">✕</span>\u00a0${released}</span>`;
}

const HAN = /\p{Script=Han}/u;

/** A name in its own direction; a Chinese one with the glyphs and line breaks of its language. */
export function nameOf(name: string): Html {
  const text = outsideText(name);
  return HAN.test(text) ? html`<bdi lang="zh">${text}</bdi>` : html`<bdi>${text}</bdi>`;
}

/** Leads to the instance on this page: a reader without scripts is not sent to JSON. */
export function idLink(instanceId: string): Html {
  const address = `plain?id=${encoded(instanceId)}`;
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

export function encoded(text: string): string {
  // encodeURIComponent throws at half a character.
  return encodeURIComponent(text.toWellFormed());
}
