import { type Html, html, NOTHING } from '../html.ts';
import type { Received } from './inbox.ts';
import { type MessageWords, messageHtml } from './message-html.ts';
import { COLOURS, MESSAGE_STYLE } from './message-style.ts';
import { PAGE_STYLE } from './page-style.ts';
import { CHANNELS, type ChannelName, receiverKind } from './receivers.ts';

/** The newest messages are on the page; the others only in the JSON. */
export const MAX_SHOWN_MESSAGES = 100;
/** How often an open page is refreshed. */
const REFRESH_SECONDS = 5;

/** The page is for readers of both languages; what a sender got is as the wire had it. */
const WORDS: MessageWords = {
  services: Object.fromEntries(
    CHANNELS.map((name) => [name, receiverKind(name).service]),
  ) as MessageWords['services'],
  to: 'to',
  repeat: 'repeat · 重复',
  refused: 'refused',
  reset: 'connection reset',
  asSent: 'as sent',
  onALockedPhone: 'on a locked phone',
};

/**
 * The messages, newest first, each as its service shows it, for a browser. No part of a message is
 * trusted: `html` escapes all texts.
 */
export function inboxPage(
  messages: readonly Received[],
  channel: ChannelName | null,
  timeZone: string,
): string {
  const shown = messages.slice(-MAX_SHOWN_MESSAGES).toReversed();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${messages.length} messages · ecs-watch inbox</title>
<style>${{ markup: COLOURS + PAGE_STYLE + MESSAGE_STYLE }}</style>
</head>
<body>
<h1>Inbox · 收件箱</h1>
<nav>${[null, ...CHANNELS].map((name) => filterHtml(name, name === channel))}</nav>
${messages.length === 0 ? html`<p class="nothing">Nothing has arrived yet. · 暂无消息。</p>` : NOTHING}
${shown.map((message) => messageHtml(message, timeZone, WORDS))}
</body>
</html>
`.markup;
}

function filterHtml(name: ChannelName | null, isChosen: boolean): Html {
  const label = name === null ? 'All · 全部' : receiverKind(name).service;
  const query = name === null ? '/' : `/?channel=${name}`;
  return isChosen
    ? html`<a href="${query}" aria-current="page">${label}</a>`
    : html`<a href="${query}">${label}</a>`;
}
