import { stringify } from 'yaml';

/** A message as text: what its request would carry, under a title. YAML shows long texts as they are. */
export function messageText(title: string, body: object): string {
  return `── ${title} ${'─'.repeat(Math.max(3, 72 - title.length))}\n${stringify(body, { lineWidth: 0 })}`;
}
