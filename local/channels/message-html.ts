import { type Html, html, NOTHING } from '../html.ts';
import type { Received } from './inbox.ts';
import type { InboxWords } from './inbox-words.ts';
import { drawingOf } from './receivers.ts';

/** One message as its service shows it; a long one in a line that can be opened. No part of it is trusted: `html` escapes all texts. */
export function messageHtml(message: Received, timeZone: string, words: InboxWords): Html {
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
  const refused = accepted ? NOTHING : html`<b>${words.refused}</b>`;
  const whole = html`<header><b>${words.services[channel]}</b>${refused}${facts.map((fact) => html`<span>${fact}</span>`)}</header>
${pushHtml(message, timeZone, words)}
<div class="message ${channel}" dir="auto">${drawn(message)}</div>
<details><summary>${words.asSent}</summary><pre>${`${headerLines.join('\n')}\n\n${body}`}</pre></details>`;
  const line = attempt(() => drawingOf(channel).lineOf?.(body));
  const look = accepted ? 'accepted' : 'refused';
  if (line === undefined) return html`<article class="${look}">\n${whole}\n</article>\n`;
  return html`<article class="${look} folded">
<details><summary><b>${words.services[channel]}</b> ${refused} <time>${timeOf(at, timeZone, 'medium')}</time> <bdi>${line}</bdi></summary>
${whole}
</details>
</article>
`;
}

/** What a locked phone shows, where the service notifies one. */
function pushHtml({ channel, at, body }: Received, timeZone: string, words: InboxWords): Html {
  const text = attempt(() => drawingOf(channel).pushOf(body)) ?? '';
  if (text === '') return NOTHING;
  return html`<aside><small title="${words.onALockedPhone}"><b>${words.services[channel]}</b> <time>${timeOf(at, timeZone, 'short')}</time></small><p dir="auto">${text}</p></aside>`;
}

function timeOf(at: string, timeZone: string, timeStyle: 'short' | 'medium'): string {
  return new Date(at).toLocaleTimeString('en-GB', { timeZone, timeStyle });
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
