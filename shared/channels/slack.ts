import type { Message, Outcome } from '../core/message.ts';
import { shortened } from '../core/text.ts';
import { type Digest, digestOf, type Line } from '../delivery/core/message/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import type { BodyOptions, ChannelKind } from './kind.ts';
import { outcomeOfStatus, quote, unmarked, withWords } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS } from './post.ts';
import { postJson } from './post-json.ts';

interface SlackSettings {
  /** `https://hooks.slack.com/services/T…/B…/…` */
  readonly webhook: string;
}

/**
 * Half of what Slack takes: about one message a second, with short bursts.
 * Source: https://docs.slack.dev/apis/web-api/rate-limits
 */
const MESSAGES_PER_MINUTE = 30;

/** A Slack incoming webhook. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slack: ChannelKind<SlackSettings> = {
  kind: 'slack',
  names: { zh: 'Slack' },
  style: 'digest',
  about: 'a Slack incoming webhook',
  page: 'api.slack.com/apps > your app > Incoming Webhooks',
  mentions: { ids: 'a member or group id', takes: (id) => MENTIONED.test(id) },
  variables: {
    webhook: {
      name: 'SLACK_WEBHOOK',
      about: 'the Webhook URL of a channel, https://hooks.slack.com/services/…',
      isRequired: true,
      isSecret: true,
      rule: { hosts: ['hooks.slack.com', 'hooks.slack-gov.com'] },
    },
  },
  bodyOf: payloadOf,
  create: ({ name, settings, wording, allowPrivate, now, redact }) => ({
    name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    send: async (message, timeoutMs = POST_TIMEOUT_MS) =>
      postJson(
        {
          url: settings.webhook,
          message: payloadOf(message, { settings, wording, nowMs: now() }),
          allowPrivate,
          timeoutMs,
        },
        (answer) => outcomeOfText(answer, settings.webhook, now(), redact),
      ),
  }),
};

/** Characters of the text of a section. A header holds 150, and a title is shorter. Source: @slack/types 3. */
const MAX_SECTION_LENGTH = 3_000;
/** Blocks of a message. Source: as above. A smaller message may pass where one was refused. */
const MAX_BLOCKS = 50;
const MAX_BLOCKS_WITHOUT_USER_TEXT = 5;

function payloadOf(message: Message, { wording, nowMs }: BodyOptions<SlackSettings>): object {
  const maxBlocks = message.withoutUserText ? MAX_BLOCKS_WITHOUT_USER_TEXT : MAX_BLOCKS;
  const fits = (digest: Digest): boolean => blocksOf(digest).length <= maxBlocks;
  const digest = digestOf(message, wording, nowMs, fits);
  return {
    // Notifications and screen readers show this instead of the blocks.
    text: escapeEntities(digest.title),
    unfurl_links: false,
    unfurl_media: false,
    blocks: blocksOf(digest),
  };
}

function blocksOf({ title, lines, totals, mentions }: Digest): readonly object[] {
  return [
    { type: 'header', text: plainText(title) },
    ...[...lines, ...(totals === null ? [] : [totals])].flatMap(lineBlocks),
    ...(mentions.length === 0
      ? []
      : [{ type: 'section', text: { type: 'mrkdwn', text: mentions.map(mention).join(' ') } }]),
  ];
}

/**
 * A member, a group, or everyone of some sort. For another id, such as a name or a mail address, Slack shows the
 * text and informs no one. Source: as below.
 */
const MENTIONED = /^(?:[UWS][A-Z\d]{2,}|all|here|channel|everyone)$/u;

/** Source: https://docs.slack.dev/messaging/formatting-message-text, "Mentioning users" to "special". */
function mention(id: string): string {
  if (id === 'all') return '<!channel>';
  if (['here', 'channel', 'everyone'].includes(id)) return `<!${id}>`;
  return id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`;
}

/** What happened, and below it in small letters all that is said besides, with the links. */
function lineBlocks({ symbol, name, text, context, links }: Line): readonly object[] {
  const said = `${symbol} ${name === '' ? '' : `${name}  `}${text}`;
  const elements = [
    ...(context === '' ? [] : [plainText(context)]),
    ...(links.length === 0 ? [] : [{ type: 'mrkdwn', text: links.map(linkText).join('  ·  ') }]),
  ];
  return [
    { type: 'section', text: plainText(shortened(said, MAX_SECTION_LENGTH)) },
    ...(elements.length === 0 ? [] : [{ type: 'context', elements }]),
  ];
}

/** Markup acts here, in a link of the product's own, and in the mentions of routes. */
function linkText({ label, url }: Line['links'][number]): string {
  return `<${escapeEntities(url)}|${escapeEntities(label)}>`;
}

/** Text in which nothing has an effect: no markup, no mention, and no `:emoji:` from a name. */
function plainText(text: string): object {
  return { type: 'plain_text', emoji: false, text };
}

/** Slack asks to escape these three characters only. Without them there are no links or mentions. */
function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What to do about the answers, which are plain text. Source: Slack changelog 2016-05-17 and block limits. */
const PAYLOAD_ANSWERS: readonly string[] = [
  'invalid_payload',
  'no_text',
  'invalid_blocks',
  'too_many_attachments',
];
const DEAD_ANSWERS: readonly string[] = [
  'channel_not_found',
  'channel_is_archived',
  'no_service',
  'no_service_id',
  'invalid_token',
  'no_team',
  'team_disabled',
];
const DEAD_ADVICE =
  'the webhook, its app or its channel is gone, or SLACK_WEBHOOK is not its address';

/** Of Slack itself, and of Rocket.Chat, which takes the same messages. Source: grafana/alerting#183. */
const CONFIRMATIONS: readonly string[] = ['ok', '{"success":true}'];
/** Slack's workflows confirm with nothing. Source: prometheus/alertmanager#3546. */
const WORKFLOW_PATH = /^\/(?:workflows|triggers)\//u;

/** What Slack answers is one word, such as `action_prohibited`; the page of a proxy is not. */
const WORD = /^[a-z_]{1,64}$/u;

function outcomeOfText(answer: Answer, webhook: string, nowMs: number, redact: Redact): Outcome {
  const text = answer.body.trim();
  const said = quote(redact(text));
  const reason = `HTTP ${answer.status}: ${said}`;
  if (PAYLOAD_ANSWERS.includes(text)) return { kind: 'rejected', reason, cause: 'payload' };
  if (DEAD_ANSWERS.includes(text)) {
    return {
      kind: 'rejected',
      reason: `HTTP ${answer.status} (${DEAD_ADVICE}): ${said}`,
      cause: 'dead',
    };
  }
  const byStatus = outcomeOfStatus(answer, nowMs, redact);
  if (byStatus !== undefined) return WORD.test(text) ? withWords(byStatus, said) : byStatus;
  const isWorkflow = WORKFLOW_PATH.test(new URL(webhook).pathname);
  const isConfirmed = CONFIRMATIONS.includes(text) || (isWorkflow && text === '');
  return answer.status === 200 && isConfirmed ? { kind: 'delivered' } : unmarked(answer, 'ok');
}
