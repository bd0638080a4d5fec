import type { Inbox, Received } from '../../channels/index.ts';
import { messageHtml } from '../../channels/message-html.ts';
import { type Html, html } from '../../html.ts';
import type { Query } from '../query.ts';
import type { Words } from '../words/words.ts';

/** The newest; the inbox's own page has more. */
export const MAX_SHOWN_MESSAGES = 30;
/** Of the webhook, beside the chats; the page of the webhook alone has more. */
export const MAX_SHOWN_EVENTS = 3;

export function inboxPart(
  inbox: Inbox,
  { channel }: Pick<Query, 'channel'>,
  timeZone: string,
  words: Words,
): Html {
  const messages = inbox.list(channel ?? undefined);
  const shown = (channel === null ? mostlyChats(messages) : messages)
    .slice(-MAX_SHOWN_MESSAGES)
    .toReversed();
  if (shown.length === 0)
    return html`<p data-key="none" class="note">${words.inbox.nothingArrived}</p>`;
  const drawn = shown.map(
    (message) =>
      html`<div data-key="${message.number}">${messageHtml(message, timeZone, words.inbox)}</div>`,
  );
  return html`${drawn}`;
}

/** There is an event with each tick, and seldom a message: of the events only the last ones. */
function mostlyChats(messages: readonly Received[]): readonly Received[] {
  const events = messages.filter(isEvent).slice(-MAX_SHOWN_EVENTS);
  return messages.filter((message) => !isEvent(message) || events.includes(message));
}

function isEvent({ channel }: Received): boolean {
  return channel === 'webhook';
}
