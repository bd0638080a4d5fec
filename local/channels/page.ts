import { createHash } from 'node:crypto';
import { type Html, html, NOTHING } from '../html.ts';
import { LANGUAGES, type Language } from '../languages.ts';
import type { Received } from './inbox.ts';
import { inboxWordsOf } from './inbox-words.ts';
import { messageHtml } from './message-html.ts';
import { COLOURS, MESSAGE_STYLE } from './message-style.ts';
import { PAGE_STYLE } from './page-style.ts';
import { CHANNELS, type ChannelName } from './receivers.ts';

/** The newest messages are on the page; the others only in the JSON. */
export const MAX_SHOWN_MESSAGES = 100;
/** How often an open page is refreshed. */
const REFRESH_SECONDS = 5;

/** A reload would close what the reader has opened. */
const SCRIPT = `setInterval(() => document.querySelector('details[open]') ?? location.reload(), ${REFRESH_SECONDS * 1_000});`;
/** The page loads nothing and runs only its own script, even if a message got markup into it. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`,
].join('; ');

export interface InboxQuery {
  /** Only messages of this receiver; null: of all. */
  readonly channel: ChannelName | null;
  readonly language: Language;
}

/**
 * The messages, newest first, each as its service shows it, for a browser. No part of a message is
 * trusted: `html` escapes all texts.
 */
export function inboxPage(
  messages: readonly Received[],
  query: InboxQuery,
  timeZone: string,
): string {
  const { channel, language } = query;
  const words = inboxWordsOf(language);
  const shown = messages.slice(-MAX_SHOWN_MESSAGES).toReversed();
  return html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title} (${messages.length}) · ecs-watch</title>
<style>${{ markup: COLOURS + PAGE_STYLE + MESSAGE_STYLE }}</style>
</head>
<body>
<h1>${words.title}</h1>
<nav>${[null, ...CHANNELS].map((name) => linkHtml({ channel: name, language }, name === null ? words.all : words.services[name], name === channel))}</nav>
<nav>${Object.entries(LANGUAGES).map(([code, label]) => linkHtml({ channel, language: code as Language }, label, code === language))}</nav>
${messages.length === 0 ? html`<p class="nothing">${words.nothingArrived}</p>` : NOTHING}
${shown.map((message) => messageHtml(message, timeZone, words))}
<script>${{ markup: SCRIPT }}</script>
</body>
</html>
`.markup;
}

function linkHtml({ channel, language }: InboxQuery, label: string, isChosen: boolean): Html {
  const query = new URLSearchParams({ ...(channel !== null && { channel }), lang: language });
  return isChosen
    ? html`<a href="/?${String(query)}" aria-current="page">${label}</a>`
    : html`<a href="/?${String(query)}">${label}</a>`;
}
