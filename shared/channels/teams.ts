import type { Message, Outcome, Severity } from '../core/message.ts';
import { type Digest, digestOf, type Line } from '../delivery/core/message/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import { fullWidth } from './full-width.ts';
import type { BodyOptions, ChannelKind } from './kind.ts';
import { jsonObject, outcomeOfStatus, quote, withAdvice, withWords } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS } from './post.ts';
import { postJson } from './post-json.ts';

interface TeamsSettings {
  /** `https://….environment.api.powerplatform.com:443/…&sig=…`: the signature is the secret. */
  readonly webhook: string;
}

/**
 * Teams throttles past four requests a second, which those of a catch-up could exceed.
 * Source: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
const MESSAGES_PER_MINUTE = 30;

/** The hosts of Power Automate, where the workflows of Teams are. Source: MicrosoftDocs/msteams-docs#11274. */
const WORKFLOW_HOSTS: readonly string[] = [
  '*.api.powerplatform.com',
  '*.logic.azure.com',
  'api.powerautomate.com',
  'flow.microsoft.com',
  '*.flow.microsoft.com',
];

/**
 * Where the connectors of Office 365 were.
 * Source: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
const CONNECTORS = {
  hosts: ['*.webhook.office.com'],
  words:
    'it is of a connector of Office 365, and Microsoft has retired those. Make a workflow in Teams ' +
    'that begins with "When a Teams webhook request is received", and take its address',
};

/** A workflow of Microsoft Teams, "When a Teams webhook request is received". */
export const teams: ChannelKind<TeamsSettings> = {
  kind: 'teams',
  names: { zh: 'Microsoft Teams' },
  style: 'digest',
  about: 'a Microsoft Teams workflow ("When a Teams webhook request is received")',
  page: 'Teams > the channel > Workflows > the workflow > When a Teams webhook request is received',
  mentions: { ids: 'a principal name or object id', takes: (id) => PERSON.test(id) },
  variables: {
    webhook: {
      name: 'TEAMS_WEBHOOK',
      about: 'the HTTP URL of the workflow, https://….api.powerplatform.com/…&sig=…',
      isRequired: true,
      isSecret: true,
      rule: { hosts: WORKFLOW_HOSTS, parameter: 'sig', retired: CONNECTORS },
    },
  },
  bodyOf: cardMessage,
  create: ({ name, settings, wording, allowPrivate, now, redact }) => ({
    name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    send: async (message, timeoutMs = POST_TIMEOUT_MS) =>
      postJson(
        {
          url: settings.webhook,
          message: cardMessage(message, { settings, wording, nowMs: now() }),
          allowPrivate,
          timeoutMs,
        },
        (answer) => outcomeOfAnswer(answer, now(), redact),
      ),
  }),
};

/**
 * Teams takes 28 KB of what it makes of a message: 24,453 bytes were counted as 28,897, and the flow
 * failed behind an answer of success. Source: MicrosoftDocs/msteams-docs#11274. A smaller message may
 * pass where one was refused.
 */
const MAX_REQUEST_BYTES = 20_000;
const MAX_REQUEST_BYTES_WITHOUT_USER_TEXT = 2_500;

function cardMessage(message: Message, { wording, nowMs }: BodyOptions<TeamsSettings>): object {
  const maxBytes = message.withoutUserText
    ? MAX_REQUEST_BYTES_WITHOUT_USER_TEXT
    : MAX_REQUEST_BYTES;
  const fits = (digest: Digest): boolean =>
    Buffer.byteLength(JSON.stringify(messageOf(digest))) <= maxBytes;
  return messageOf(digestOf(message, wording, nowMs, fits));
}

/** Without `attachments`, a flow fails where no sender sees it. Source: MicrosoftDocs/msteams-docs#11302. */
function messageOf(digest: Digest): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: cardOf(digest),
      },
    ],
  };
}

const TITLE_COLOURS: Readonly<Record<Severity, string>> = {
  bad: 'attention',
  good: 'good',
  neutral: 'default',
};

/** An Adaptive Card of version 1.4, which all clients of Teams draw. https://adaptivecards.io/explorer */
function cardOf({ title, severity, lines, totals, mentions }: Digest): object {
  const people = mentions.filter((id) => PERSON.test(id));
  const style = { weight: 'bolder', size: 'medium', color: TITLE_COLOURS[severity] };
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      richText([textRun(title, style)]),
      ...[...lines, ...(totals === null ? [] : [totals])].flatMap(elementsOf),
      ...(people.length === 0 ? [] : [markdown(people.map(mention).join(' '))]),
    ],
    ...(people.length > 0 && { msteams: { entities: people.map(entityOf) } }),
  };
}

function elementsOf({ symbol, name, text, context, links }: Line): readonly object[] {
  const addresses = links.map(({ label, url }) => `[${label}](${url})`).join(' · ');
  const subject = name === '' ? [] : [textRun(name, { weight: 'bolder' })];
  const said = `${name === '' ? '' : '  '}${text}`;
  const below = { spacing: 'none' };
  return [
    richText([textRun(`${symbol} `), ...subject, textRun(said)]),
    ...(context === ''
      ? []
      : [richText([textRun(context, { size: 'small', isSubtle: true })], below)]),
    // Markup acts here, in links of the product's own, and in the mentions of routes.
    ...(addresses === '' ? [] : [markdown(addresses, { size: 'small', ...below })]),
  ];
}

function richText(inlines: readonly object[], style: object = {}): object {
  return { type: 'RichTextBlock', inlines, ...style };
}

/** Text in which no Markdown acts. Source: the schema of Adaptive Cards, `TextRun.text`. */
function textRun(text: string, style: object = {}): object {
  return { type: 'TextRun', text: withoutFunctions(text), ...style };
}

/** `{{DATE(…)}}` in any text becomes a date. Source: Adaptive Cards, "Text features". */
function withoutFunctions(text: string): string {
  return text.replaceAll('{{', (braces) => fullWidth(braces, '{'));
}

function markdown(text: string, style: object = {}): object {
  return { type: 'TextBlock', text, wrap: true, ...style };
}

/**
 * An object id or a user principal name. For any other id, such as a mobile number of DingTalk, Teams
 * shows nothing of the message. Source: Teams "Format cards", "Mention support within Adaptive Cards".
 */
const PERSON = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[^@\s]+@[^@\s]+\.[^@\s]+)$/iu;

function mention(id: string): string {
  return `<at>${id}</at>`;
}

function entityOf(id: string): object {
  return { type: 'mention', text: mention(id), mentioned: { id, name: id } };
}

/** What a person can do about a status. */
const ADVICE: Readonly<Record<number, string>> = {
  401: 'copy TEAMS_WEBHOOK again, with its sig, and let anyone trigger the flow',
  403: 'copy TEAMS_WEBHOOK again, with its sig, and let anyone trigger the flow',
  404: 'the workflow is gone or turned off, or TEAMS_WEBHOOK is not its address',
};

/** The flow runs after its answer: a success says that the message was accepted. */
function outcomeOfAnswer(answer: Answer, nowMs: number, redact: Redact): Outcome {
  const hidden = hiddenStatus(answer);
  const status = hidden ?? answer.status;
  const words = quote(redact(hidden === undefined ? errorIn(answer.body) : answer.body));
  if (hidden === 400) return { kind: 'rejected', reason: words, cause: 'payload' };
  const outcome = outcomeOfStatus({ ...answer, status }, nowMs, redact);
  if (outcome === undefined) return { kind: 'delivered' };
  const advised = withAdvice(outcome, ADVICE[status]);
  return words === '' ? advised : withWords(advised, words);
}

/**
 * Connectors of the retired kind, and relays like them, hide a refusal of Teams inside HTTP 200.
 * Source: MicrosoftDocs/msteams-docs#1810, #7425.
 */
const HIDDEN_STATUS = /\bHTTP error (\d{3})\b/u;

function hiddenStatus({ status, body }: Answer): number | undefined {
  const [, hidden] = status === 200 ? (HIDDEN_STATUS.exec(body) ?? []) : [];
  return hidden === undefined ? undefined : Number(hidden);
}

/** `WorkflowNotFound: The workflow … could not be found.` */
function errorIn(body: string): string {
  const { error } = jsonObject(body);
  const { code = '', message = '' } = jsonObject(JSON.stringify(error ?? null));
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
}
