import type { Message, Outcome, Severity } from '../core/message.ts';
import { type Digest, digestOf, type Line } from '../delivery/core/message/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import { fullWidth } from './full-width.ts';
import { type BodyOptions, type ChannelKind, isEveryone } from './kind.ts';
import { afterNextMinuteMs, outcomeOfStatus, quote, unmarked } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS } from './post.ts';
import { postJson } from './post-json.ts';
import { robotAnswer } from './robot.ts';

interface WecomSettings {
  /** `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…`: the key is the whole secret. */
  readonly webhook: string;
}

/**
 * WeCom takes 20 messages a minute, of all types together. Its minutes need not begin with ours.
 * Source: the guide of message pushes, which is named below.
 */
const MESSAGES_PER_MINUTE = 18;

/** A message push (群机器人, 消息推送) of WeCom. https://developer.work.weixin.qq.com/document/path/99110 */
export const wecom: ChannelKind<WecomSettings> = {
  kind: 'wecom',
  names: { zh: '企业微信' },
  style: 'digest',
  about: 'a WeCom group robot',
  page: 'WeCom > the group > Message Push (group robots)',
  mentions: { ids: 'a user id', takes: (id) => PERSON.test(id) },
  variables: {
    webhook: {
      name: 'WECOM_WEBHOOK',
      about: 'its webhook address, https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…',
      isRequired: true,
      isSecret: true,
      rule: { hosts: ['qyapi.weixin.qq.com'], parameter: 'key' },
    },
  },
  bodyOf: robotMessage,
  create: ({ name, settings, wording, allowPrivate, now, redact }) => ({
    name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    messagesFor: (message) => (mentionsEveryone(message) ? 2 : 1),
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      const untilMs = now() + timeoutMs;
      const options = { settings, wording, nowMs: now() };
      const postOne = (body: object): Promise<Outcome> =>
        postJson(
          {
            url: settings.webhook,
            message: body,
            allowPrivate,
            timeoutMs: Math.max(1, untilMs - now()),
          },
          (answer) => outcomeOfAnswer(answer, now(), redact),
        );
      const outcome = await postOne(robotMessage(message, options));
      if (outcome.kind !== 'delivered' || !mentionsEveryone(message)) return outcome;
      const mentioned = await postOne(mentionOfEveryone(message, options));
      // The news was shown: to send it again for the mention would show it twice.
      return mentioned.kind === 'delivered'
        ? outcome
        : { ...outcome, unmentioned: mentioned.reason };
    },
  }),
};

/** Everyone can be mentioned in plain texts only, which have no colours and no links. */
function mentionsEveryone({ mentions = [], withoutUserText }: Message): boolean {
  return !withoutUserText && mentions.some(isEveryone);
}

/** A second message, with the title alone. */
function mentionOfEveryone(
  message: Message,
  { wording, nowMs }: BodyOptions<WecomSettings>,
): object {
  const { title } = digestOf(message, wording, nowMs, () => false);
  return { msgtype: 'text', text: { content: withTwins(title), mentioned_list: ['@all'] } };
}

/**
 * UTF-8 bytes of the content, as it is sent. Source: the guide above, `markdown.content`. A smaller
 * message may pass where one was refused.
 */
const MAX_CONTENT_BYTES = 4_096;
const MAX_CONTENT_BYTES_WITHOUT_USER_TEXT = 1_000;

/** WeCom names its colours by what they mean: orange, green and grey. */
const TITLE_COLOURS: Readonly<Record<Severity, string>> = {
  bad: 'warning',
  good: 'info',
  neutral: 'comment',
};

/** The older markdown: version 2 has no colours. */
function robotMessage(message: Message, { wording, nowMs }: BodyOptions<WecomSettings>): object {
  const maxBytes = message.withoutUserText
    ? MAX_CONTENT_BYTES_WITHOUT_USER_TEXT
    : MAX_CONTENT_BYTES;
  const fits = (digest: Digest): boolean => Buffer.byteLength(contentOf(digest)) <= maxBytes;
  const content = contentOf(digestOf(message, wording, nowMs, fits));
  return { msgtype: 'markdown', markdown: { content } };
}

function contentOf({ title, severity, lines, totals, mentions }: Digest): string {
  const heading = `**${coloured(TITLE_COLOURS[severity], withTwins(title))}**`;
  const paragraphs = [...lines, ...(totals === null ? [] : [totals])].map(paragraph);
  const people = mentions.filter((id) => id !== 'all').map((id) => `<@${id}>`);
  // A quote goes on until an empty line.
  return [heading, ...paragraphs, ...(people.length === 0 ? [] : [people.join(' ')])].join('\n\n');
}

/** `all`, or a user id. Source: "Create a member", `userid`. `here` is a word of Slack. */
const PERSON = /^(?!here$)[A-Za-z\d][\w@.-]{0,63}$/u;

function paragraph({ symbol, name, text, context, links }: Line): string {
  const subject = name === '' ? '' : `**${withTwins(name)}** `;
  const addresses = links.map(({ label, url }) => `[${label}](${url})`).join(' · ');
  const below = [context === '' ? '' : coloured('comment', withTwins(context)), addresses];
  const quoted = below.filter((part) => part !== '').map((part) => `> ${part}`);
  return [`${symbol} ${subject}${withTwins(text)}`, ...quoted].join('\n');
}

function coloured(colour: string, text: string): string {
  return `<font color="${colour}">${text}</font>`;
}

/**
 * What makes tags, mentions, links, code and emphasis, and what makes an entity. Without square
 * brackets, round ones make no link.
 */
const SPECIAL_CHARACTERS = '<>&[]*`@#|';

function withTwins(text: string): string {
  return fullWidth(text, SPECIAL_CHARACTERS);
}

/** What to do about the codes inside HTTP 200. Source: the guide above and its list of errors. */
const RATE_CODE = 45009;
const PAYLOAD_CODES: readonly number[] = [40058];
/** The address is unknown; one source also has it for a content that is too long. */
const ADDRESS_CODE = 93000;
const ADDRESS_ADVICE = 'the robot is gone, or WECOM_WEBHOOK is not its address';
const TOO_LONG = /exceed|too long|length|长度|超过/iu;

function outcomeOfAnswer(answer: Answer, nowMs: number, redact: Redact): Outcome {
  const byStatus = outcomeOfStatus(answer, nowMs, redact);
  if (byStatus !== undefined) return byStatus;
  const { code, text } = robotAnswer(answer.body, 'errcode', 'errmsg');
  if (code === undefined) return unmarked(answer, 'errcode 0');
  if (code === 0) return { kind: 'delivered' };
  const said = quote(withoutAddresses(redact(text)));
  const reason = `errcode ${code}: ${said}`;
  if (code === RATE_CODE) return { kind: 'throttled', reason, untilMs: afterNextMinuteMs(nowMs) };
  if (PAYLOAD_CODES.includes(code) || (code === ADDRESS_CODE && TOO_LONG.test(text))) {
    return { kind: 'rejected', reason, cause: 'payload' };
  }
  if (code === ADDRESS_CODE) {
    return {
      kind: 'rejected',
      reason: `errcode ${code} (${ADDRESS_ADVICE}): ${said}`,
      cause: 'dead',
    };
  }
  return { kind: 'retry', reason, lost: false };
}

/** WeCom says from which address of ours a request came. Channels and the view pass reasons on. */
function withoutAddresses(errmsg: string): string {
  return errmsg
    .replace(/from ip: [^\s,;]+/giu, 'from ip: [address]')
    .replace(/\d{1,3}(?:\.\d{1,3}){3}/gu, '[address]');
}
