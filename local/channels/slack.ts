import { SECOND_MS } from '../clock.ts';
import { tokenBucket } from './rate.ts';
import {
  type Arrival,
  isObject,
  parseObject,
  type ReceiverKind,
  type Verdict,
} from './receiver.ts';
import { areValidBlocks } from './slack-blocks.ts';
import { slackHtml, unescapeEntities } from './slack-view.ts';

// Answers: https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
// Rate: https://docs.slack.dev/apis/web-api/rate-limits

/** "1 per second … short bursts": the size of a burst is not documented. */
const BURST = 5;

type SlackSettings = { readonly webhook: string };

/** It guards nothing but a loopback port; only its form is that of the real ones. */
const PATH = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';

/** A Slack incoming webhook. Every answer is plain text, though it is labelled as HTML. */
export const slack: ReceiverKind<SlackSettings> = {
  names: { en: 'Slack', zh: 'Slack' },
  path: '/services/',
  variables: { webhook: 'SLACK_WEBHOOK' },
  settings: (base) => ({ webhook: `${base}${PATH}` }),
  create({ webhook }) {
    const path = new URL(webhook).pathname;
    const rate = tokenBucket(BURST, SECOND_MS);
    return {
      judge(arrival) {
        if (arrival.url.pathname !== path) return slackVerdict(404, 'no_service');
        const waitMs = rate.waitMs(arrival.atMs);
        if (waitMs > 0) return slackVerdict(429, 'rate_limited', Math.ceil(waitMs / SECOND_MS));
        const problem = problemOf(arrival);
        return problem === null ? slackVerdict(200, 'ok') : slackVerdict(400, problem);
      },
    };
  },
  drawing: {
    textOf: slackText,
    pushOf: (body) => unescapeEntities(String(JSON.parse(body).text ?? '')),
    htmlOf: slackHtml,
    style: `
  .slack { border-left: 4px solid #8886; }
  .slack p { white-space: pre-wrap; }
  .slack .context span + span { margin-left: .75em; }
`,
  },
};

function slackVerdict(status: number, body: string, retryAfterSeconds?: number): Verdict {
  const headers: Record<string, string> = { 'content-type': 'text/html' };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  return { accepted: status === 200, answer: { status, headers, body } };
}

function problemOf({ method, body }: Arrival): string | null {
  const payload = method === 'POST' ? parseObject(body.toString()) : null;
  if (payload === null) return 'invalid_payload';
  const { text, blocks, attachments } = payload;
  const hasText = typeof text === 'string' && text !== '';
  const hasBlocks = Array.isArray(blocks) ? blocks.length > 0 : blocks !== undefined;
  if (!hasText && !hasBlocks && !Array.isArray(attachments)) return 'no_text';
  if (hasBlocks && !areValidBlocks(blocks)) return 'invalid_blocks';
  return null;
}

/** A person sees the blocks; `text` is only the notification, unless there are no blocks. */
function slackText(body: string): string {
  const payload: { text?: unknown; blocks?: unknown } = JSON.parse(body);
  const shown = Array.isArray(payload.blocks) ? texts(payload.blocks).join('\n') : '';
  return unescapeEntities(shown || String(payload.text ?? ''));
}

/** Every string under `text` or `alt_text`, in the order of the blocks. */
function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (!isObject(value)) return [];
  const { text, alt_text: altText, fields, elements } = value;
  const own = [text, altText].filter((item) => typeof item === 'string');
  return [...own, ...texts(text), ...texts(fields), ...texts(elements)];
}
