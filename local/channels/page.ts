import { escapeMarkup } from '../escape-markup.ts';
import type { Outcome, Received } from './inbox.ts';

/** A page holds only the newest messages; the JSON holds all of them. */
export const MAX_SHOWN_MESSAGES = 100;
/** How often an open page is refreshed. */
const REFRESH_SECONDS = 5;

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
         max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  article { border: 1px solid #8886; border-left: 5px solid #2a9d55; border-radius: 6px;
            padding: .6rem 1rem; margin: 1rem 0; }
  article.refused { border-left-color: #d33; }
  header { display: flex; flex-wrap: wrap; gap: .2rem 1rem; opacity: .8; font-size: .9em; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .5rem 0; }
  details pre { font: 13px/1.4 ui-monospace, monospace; }
`;

/** The messages, newest first, for a browser. No part of a message is trusted: everything is escaped. */
export function inboxPage(messages: readonly Received[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${messages.length} messages · ecs-watch inbox</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Inbox · 收件箱</h1>
${messages.length === 0 ? '<p>Nothing has arrived yet. · 暂无消息。</p>' : ''}
${messages.slice(-MAX_SHOWN_MESSAGES).toReversed().map(messageHtml).join('\n')}
</body>
</html>
`;
}

function messageHtml(message: Received): string {
  const { number, channel, at, text, accepted, outcome, webhookId, repeat, headers, body } =
    message;
  const facts = [
    `#${number}`,
    channel,
    at,
    outcomeText(outcome),
    ...(webhookId === undefined ? [] : [`id ${webhookId}`]),
    ...(repeat ? ['repeat · 重复'] : []),
  ];
  const headerLines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `<article class="${accepted ? 'accepted' : 'refused'}">
<header>${facts.map((fact) => `<span>${escapeMarkup(fact)}</span>`).join('')}</header>
<pre dir="auto">${escapeMarkup(text)}</pre>
<details><summary>as sent</summary><pre>${escapeMarkup(`${headerLines.join('\n')}\n\n${body}`)}</pre></details>
</article>`;
}

function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'reset') return 'connection reset';
  return `${outcome.status} ${outcome.body}`.trim();
}
