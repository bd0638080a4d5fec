import type { Inbox } from '../../channels/index.ts';
import { messageHtml } from '../../channels/message-html.ts';
import { type Html, html } from '../../html.ts';
import type { Query } from '../query.ts';
import type { Words } from '../words/words.ts';

/** The newest; the inbox's own page has more. */
export const MAX_SHOWN_MESSAGES = 30;

export function inboxPart(
  inbox: Inbox,
  { channel }: Pick<Query, 'channel'>,
  timeZone: string,
  words: Words,
): Html {
  const shown = inbox
    .list(channel ?? undefined)
    .slice(-MAX_SHOWN_MESSAGES)
    .toReversed();
  if (shown.length === 0) return html`<p data-key="none" class="note">${words.nothingArrived}</p>`;
  // Beside the chats, an event in full would be most of what there is to see.
  const look = channel === null ? 'short' : 'full';
  const messages = shown.map(
    (message) =>
      html`<div data-key="${message.number}" class="${look}">${messageHtml(message, timeZone, words.message)}</div>`,
  );
  return html`${messages}`;
}
