import type { Inbox } from './inbox.ts';
import { inboxPage } from './page.ts';
import { type Answer, CHANNELS, type ChannelName } from './receiver.ts';

/** The page loads nothing and runs nothing, whatever a message manages to write into it. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Answers what a person or a program asks of the inbox. */
export function viewInbox(
  inbox: Inbox,
  request: { method: string; url: URL; accept: string },
): Answer {
  const { method, url, accept } = request;
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
  return wantsJson ? json(200, { messages }) : html(inboxPage(messages));
}

function isChannel(name: string): name is ChannelName {
  return CHANNELS.some((channel) => channel === name);
}

function json(status: number, value: unknown): Answer {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  };
  return { status, headers, body: JSON.stringify(value) };
}

function html(body: string): Answer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body };
}
