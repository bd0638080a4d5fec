import type { Message, Outcome } from '../core/message.ts';
import { digestOf, fitLines, type Line } from '../delivery/core/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import { cut } from './cut.ts';
import type { ChannelKind } from './kind.ts';
import { outcomeOfFailure, outcomeOfStatus, quote, unmarked } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS, post } from './post.ts';

interface SlackSettings {
  /** `https://hooks.slack.com/services/T…/B…/…` */
  readonly webhook: string;
}

/** A Slack incoming webhook. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slack: ChannelKind<SlackSettings> = {
  kind: 'slack',
  about: 'a Slack incoming webhook',
  variables: {
    webhook: {
      name: 'SLACK_WEBHOOK',
      isRequired: true,
      isSecret: true,
      rule: { hosts: ['hooks.slack.com', 'hooks.slack-gov.com'] },
    },
  },
  create: ({ name, settings: { webhook }, allowPrivate, now, redact }) => ({
    name,
    style: 'digest',
    // About one a second, short bursts allowed. https://docs.slack.dev/apis/web-api/rate-limits
    messagesPerMinute: 30,
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      try {
        const answer = await post({
          url: webhook,
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify(blocksOf(message)),
          allowPrivate,
          timeoutMs,
        });
        return outcomeOfText(answer, webhook, now(), redact);
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
  }),
};

/** Characters of a header, and of the text of a section. Source: @slack/types 3, block limits. */
const MAX_HEADER_LENGTH = 150;
const MAX_SECTION_LENGTH = 3_000;
/** Blocks of a message, the header and the closing line included. Source: as above. */
const MAX_BLOCKS = 50;
const MAX_BLOCKS_WITHOUT_USER_TEXT = 5;
const BLOCKS_BESIDE_LINES = 2;

function blocksOf(message: Message): object {
  const { title, lines } = digestOf(message);
  const maxBlocks = message.withoutUserText ? MAX_BLOCKS_WITHOUT_USER_TEXT : MAX_BLOCKS;
  const sections = groupLines(lines.map(paragraph), maxBlocks - BLOCKS_BESIDE_LINES);
  return {
    // Notifications and screen readers show this instead of the blocks.
    text: escapeEntities(title),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plainText(cut(title, MAX_HEADER_LENGTH, lengthOf)) },
      ...sections.map((text) => ({ type: 'section', text: plainText(text) })),
    ],
  };
}

/** Between two lines, each of which is two on the screen. */
const BREAK = '\n\n';

/** The fewest sections that hold the lines. If there are too many lines, the last one counts the rest. */
function groupLines(lines: readonly string[], maxSections: number): readonly string[] {
  const short = lines.map((line) => cut(line, MAX_SECTION_LENGTH - 1, lengthOf));
  const fitting = fitLines(short, (maxSections * MAX_SECTION_LENGTH) / 2, lengthOf);
  const sections: string[] = [];
  let section = '';
  for (const line of fitting) {
    if (section !== '' && section.length + BREAK.length + line.length > MAX_SECTION_LENGTH) {
      sections.push(section);
      section = '';
    }
    section = section === '' ? line : `${section}${BREAK}${line}`;
  }
  return section === '' ? sections : [...sections, section];
}

function paragraph({ symbol, name, text, context }: Line): string {
  return `${symbol} ${name === '' ? '' : `${name}  `}${text}\n${context}`;
}

/** Text in which nothing has an effect: no markup, no mention, and no `:emoji:` from a name. */
function plainText(text: string): object {
  return { type: 'plain_text', emoji: false, text };
}

/** Slack asks to escape these three characters only. Without them there are no links or mentions. */
function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Slack counts characters; those of UTF-16 are the strictest reading. */
function lengthOf(text: string): number {
  return text.length;
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

/** Of Slack itself, and of Rocket.Chat, which takes the same messages. Source: grafana/alerting#183. */
const CONFIRMATIONS: readonly string[] = ['ok', '{"success":true}'];
/** Slack's workflows confirm with nothing. Source: prometheus/alertmanager#3546. */
const WORKFLOW_PATH = /^\/(?:workflows|triggers)\//u;

function outcomeOfText(answer: Answer, webhook: string, nowMs: number, redact: Redact): Outcome {
  const text = answer.body.trim();
  const reason = `HTTP ${answer.status}: ${quote(redact(text))}`;
  if (PAYLOAD_ANSWERS.includes(text)) return { kind: 'rejected', reason, cause: 'payload' };
  if (DEAD_ANSWERS.includes(text)) return { kind: 'rejected', reason, cause: 'dead' };
  const byStatus = outcomeOfStatus(answer, nowMs, redact);
  if (byStatus !== undefined) return byStatus;
  const isWorkflow = WORKFLOW_PATH.test(new URL(webhook).pathname);
  const isConfirmed = CONFIRMATIONS.includes(text) || (isWorkflow && text === '');
  return answer.status === 200 && isConfirmed ? { kind: 'delivered' } : unmarked(answer, 'ok');
}
