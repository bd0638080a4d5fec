import { languageFor } from '../languages.ts';
import type { Inbox } from './inbox.ts';
import { CONTENT_SECURITY_POLICY, inboxPage } from './page.ts';
import { jsonAnswer, type ReceiverAnswer } from './receiver.ts';
import { CHANNELS, type ChannelName } from './receivers.ts';

/** Shows the inbox to a person or a program. */
export function viewInbox(
  inbox: Inbox,
  request: { method: string; url: URL; accept: string; acceptLanguage: string | undefined },
  timeZone: string,
): ReceiverAnswer {
  const { method, url, accept, acceptLanguage } = request;
  if (method === 'DELETE') {
    inbox.clear();
    return { status: 204, headers: {}, body: '' };
  }
  if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'GET or DELETE' });

  const channel = url.searchParams.get('channel');
  if (channel !== null && !isChannel(channel)) {
    return json(400, { error: `channel must be one of ${CHANNELS.join(', ')}` });
  }
  const messages = inbox.list(channel ?? undefined);
  const wantsJson =
    url.searchParams.get('format') === 'json' || accept.includes('application/json');
  if (wantsJson) return json(200, { messages });
  const language = languageFor(url.searchParams.get('lang'), acceptLanguage);
  return page(inboxPage(messages, { channel, language }, timeZone));
}

function isChannel(name: string): name is ChannelName {
  return CHANNELS.some((channel) => channel === name);
}

function json(status: number, value: object): ReceiverAnswer {
  const answer = jsonAnswer(status, value);
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } };
}

function page(body: string): ReceiverAnswer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body };
}
