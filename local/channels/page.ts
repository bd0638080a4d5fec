import { type Html, html, NOTHING } from './html.ts';
import type { Outcome, Received } from './inbox.ts';
import { PAGE_STYLE } from './page-style.ts';
import { CHANNELS, type ChannelName, drawingOf, receiverKind } from './receivers.ts';

/** The newest messages are on the page; the others only in the JSON. */
export const MAX_SHOWN_MESSAGES = 100;
/** How often an open page is refreshed. */
const REFRESH_SECONDS = 5;

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
<style>${{ markup: PAGE_STYLE }}</style>
</head>
<body>
<h1>Inbox · 收件箱</h1>
<nav>${[null, ...CHANNELS].map((name) => filterHtml(name, name === channel))}</nav>
${messages.length === 0 ? html`<p class="nothing">Nothing has arrived yet. · 暂无消息。</p>` : NOTHING}
${shown.map((message) => messageHtml(message, timeZone))}
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

function messageHtml(message: Received, timeZone: string): Html {
  const { number, channel, at, accepted, outcome, webhookId, repeat, headers, body } = message;
  const facts = [
    ...(message.to === undefined ? [] : [`to ${message.to}`]),
    `#${number}`,
    at,
    outcomeText(outcome),
    ...(webhookId === undefined ? [] : [`id ${webhookId}`]),
    ...(repeat ? ['repeat · 重复'] : []),
  ];
  const headerLines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return html`<article class="${accepted ? 'accepted' : 'refused'}">
<header><b>${receiverKind(channel).service}</b>${facts.map((fact) => html`<span>${fact}</span>`)}</header>
${pushHtml(message, timeZone)}
<div class="message ${channel}" dir="auto">${drawn(message)}</div>
<details><summary>as sent</summary><pre>${`${headerLines.join('\n')}\n\n${body}`}</pre></details>
</article>
`;
}

/** What a locked phone shows, where the service notifies one. */
function pushHtml({ channel, at, body }: Received, timeZone: string): Html {
  const text = attempt(() => drawingOf(channel).pushOf(body)) ?? '';
  if (text === '') return NOTHING;
  const time = new Date(at).toLocaleTimeString('en-GB', { timeZone, timeStyle: 'short' });
  return html`<aside title="on a locked phone"><small><b>${receiverKind(channel).service}</b> <time>${time}</time></small><p dir="auto">${text}</p></aside>`;
}

/** A message that cannot be read is shown as it came. */
function drawn({ channel, body }: Received): Html {
  return attempt(() => drawingOf(channel).htmlOf(body)) ?? html`<pre>${body}</pre>`;
}

function attempt<T>(draw: () => T): T | undefined {
  try {
    return draw();
  } catch {
    return undefined;
  }
}

function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'reset') return 'connection reset';
  return `${outcome.status} ${outcome.body}`.trim();
}
