import { type Html, html, NOTHING } from '../html.ts';
import type { Received } from './inbox.ts';
import { type ChannelName, drawingOf } from './receivers.ts';

/** What stands around a message, in the language of the page that shows it. */
export interface MessageWords {
  readonly services: Readonly<Record<ChannelName, string>>;
  readonly to: string;
  readonly repeat: string;
  readonly refused: string;
  readonly reset: string;
  readonly asSent: string;
  readonly onALockedPhone: string;
}

/** One message as its service shows it. No part of it is trusted: `html` escapes all texts. */
export function messageHtml(message: Received, timeZone: string, words: MessageWords): Html {
  const { number, channel, at, accepted, outcome, webhookId, repeat, headers, body } = message;
  const facts: readonly (string | Html)[] = [
    ...(message.to === undefined ? [] : [`${words.to} ${message.to}`]),
    `#${number}`,
    html`<time datetime="${at}">${at}</time>`,
    outcome.kind === 'reset' ? words.reset : `${outcome.status} ${outcome.body}`.trim(),
    ...(webhookId === undefined ? [] : [`id ${webhookId}`]),
    ...(repeat ? [words.repeat] : []),
  ];
  const headerLines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return html`<article class="${accepted ? 'accepted' : 'refused'}">
<header><b>${words.services[channel]}</b>${accepted ? NOTHING : html`<b>${words.refused}</b>`}${facts.map((fact) => html`<span>${fact}</span>`)}</header>
${pushHtml(message, timeZone, words)}
<div class="message ${channel}" dir="auto">${drawn(message)}</div>
<details><summary>${words.asSent}</summary><pre>${`${headerLines.join('\n')}\n\n${body}`}</pre></details>
</article>
`;
}

/** What a locked phone shows, where the service notifies one. */
function pushHtml({ channel, at, body }: Received, timeZone: string, words: MessageWords): Html {
  const text = attempt(() => drawingOf(channel).pushOf(body)) ?? '';
  if (text === '') return NOTHING;
  const time = new Date(at).toLocaleTimeString('en-GB', { timeZone, timeStyle: 'short' });
  return html`<aside><small title="${words.onALockedPhone}"><b>${words.services[channel]}</b> <time>${time}</time></small><p dir="auto">${text}</p></aside>`;
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
