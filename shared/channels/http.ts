import type { Message, Outcome } from '../core/message.ts';
import { shortened } from '../core/text.ts';
import { type Digest, digestOf, type Line } from '../delivery/core/message/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import { isGroup, type Tree } from '../lib/tree.ts';
import { fullWidth } from './full-width.ts';
import type { BodyOptions, ChannelKind, FileSetting, SettingProblem } from './kind.ts';
import { outcomeOfFailure, outcomeOfStatus, quote, unmarked, withWords } from './outcome.ts';
import { type Answer, type Method, POST_TIMEOUT_MS, post } from './post.ts';

interface HttpSettings {
  readonly url: string;
}

/** What the file says of a receiver besides its address. */
interface Description {
  readonly method?: Method;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, or a form: what a GET sends is part of its address. */
  readonly json?: Tree;
  readonly form?: Readonly<Record<string, string | number | boolean>>;
  readonly success?: Success;
  /** The path of the field in which a refusal says how many seconds to wait. */
  readonly retryAfter?: string;
  /** Of the whole body. */
  readonly maxBytes?: number;
}

interface Success {
  /** Absent: any of 2xx. */
  readonly status?: readonly number[];
  /** `ok`, or `data.code`. Absent: the status says it all. */
  readonly field?: string;
  readonly equals?: Tree;
}

const METHODS: readonly Method[] = ['POST', 'PUT', 'PATCH', 'GET'];
/** Below what most chats take from one sender: 20 a minute. */
const MESSAGES_PER_MINUTE = 18;
/** Where the file names no limit: below the 4,096 of Telegram and ntfy, and what Apple takes of a push message. */
const DEFAULT_MAX_BYTES = 3_500;
/** What `maxBytes` may be: room for a title and a line, and more than people read. */
const LEAST_BYTES = 500;
/** In a form, a Chinese character has nine bytes, and a title is 120 characters. */
const LEAST_FORM_BYTES = 2_000;
const MOST_BYTES = 100_000;
/** Once a receiver has refused a message for its content. */
const SHARE_WITHOUT_USER_TEXT = 0.3;

/** Where the file describes no body. */
const DEFAULT_BODY: Tree = {
  title: `\${title}`,
  text: `\${text}`,
  severity: `\${severity}`,
  link: `\${link}`,
};

/** Any other receiver, as the file describes it. Its body is a tree, so that no name can break it. */
export const http: ChannelKind<HttpSettings> = {
  kind: 'http',
  names: { zh: 'HTTP' },
  style: 'digest',
  about: 'any other receiver: a POST of JSON, or what `WATCH_CONFIG` describes',
  variables: {
    url: {
      name: 'HTTP_URL',
      about: 'the https address that takes the messages',
      isRequired: true,
      isSecret: true,
      rule: { hosts: [] },
    },
  },
  fileSettings: {
    method: oneOfMethods(),
    headers: groupOf(headerProblem),
    json: { mayRefer: true, problemsOf: leafProblems },
    form: groupOf((value) => (isScalar(value) ? null : 'is no text, number, or true or false')),
    success: { mayRefer: false, problemsOf: successProblems },
    retryAfter: { mayRefer: false, problemsOf: pathProblems },
    maxBytes: {
      mayRefer: false,
      problemsOf: (value) =>
        Number.isInteger(value) && Number(value) >= LEAST_BYTES && Number(value) <= MOST_BYTES
          ? []
          : [{ path: [], words: `is not a whole number from ${LEAST_BYTES} to ${MOST_BYTES}` }],
    },
  },
  problemsTogether,
  bodyOf: (message, options) => bodyOf(message, options),
  create: (options) => ({
    name: options.name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      const { settings, allowPrivate, now, redact } = options;
      const description = descriptionOf(options);
      const { method = 'POST', success = {}, retryAfter } = description;
      const headers = headersOf(options);
      const unsendable = unsendableIn(headers);
      if (unsendable !== undefined) return refusedHeader(unsendable);
      const body = bodyOf(message, { ...options, nowMs: now() });
      const text = textOfBody(body, description);
      const isInAddress = method === 'GET';
      try {
        const answer = await post({
          url: isInAddress ? withQuery(settings.url, text) : settings.url,
          method,
          headers: {
            ...(isInAddress ? {} : { 'content-type': contentTypeOf(description) }),
            ...headers,
          },
          body: isInAddress ? '' : text,
          allowPrivate,
          timeoutMs,
        });
        const outcome = outcomeOfAnswer(answer, success, retryAfter, now(), redact);
        return isInAddress && LONG_STATUSES.includes(answer.status) ? asTooLong(outcome) : outcome;
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
  }),
};

/** Too long an address, or head. The message is part of that of a GET. Source: RFC 9110, 15.5.15; RFC 6585, 5. */
const LONG_STATUSES: readonly number[] = [414, 431];

function asTooLong(outcome: Outcome): Outcome {
  return outcome.kind === 'rejected' ? { ...outcome, cause: 'payload' } : outcome;
}

type HttpOptions = Pick<BodyOptions<HttpSettings>, 'trees' | 'values'>;

/** Its settings were checked when the file was read. */
function descriptionOf({ trees = {} }: HttpOptions): Description {
  const { success, ...rest } = trees as Description & { readonly success?: Tree };
  if (!isGroup(success)) return rest;
  const { status, ...field } = success;
  const statuses = status === undefined ? {} : { status: [status].flat() as readonly number[] };
  return { ...rest, success: { ...(field as Success), ...statuses } };
}

function bodyOf(message: Message, options: BodyOptions<HttpSettings>): object {
  const { wording, nowMs } = options;
  const description = descriptionOf(options);
  const { json, form, maxBytes = DEFAULT_MAX_BYTES } = description;
  const share = message.withoutUserText ? SHARE_WITHOUT_USER_TEXT : 1;
  const made = (digest: Digest): object => {
    const fill = filling(digest, options.values ?? {});
    return filled(form ?? json ?? DEFAULT_BODY, fill, digest) as object;
  };
  const fits = (digest: Digest): boolean =>
    Buffer.byteLength(textOfBody(made(digest), description)) <= maxBytes * share;
  return made(digestOf(message, wording, nowMs, fits));
}

function textOfBody(body: object, { form, method }: Description): string {
  if (form === undefined && method !== 'GET') return JSON.stringify(body);
  const pairs = Object.entries(body).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return new URLSearchParams(pairs).toString();
}

function contentTypeOf({ form }: Description): string {
  return form === undefined
    ? 'application/json; charset=utf-8'
    : 'application/x-www-form-urlencoded; charset=utf-8';
}

function withQuery(address: string, query: string): string {
  const url = new URL(address);
  url.search = [url.search.slice(1), query].filter((part) => part !== '').join('&');
  return url.href;
}

/** Header values hold no news: what a name may hold is no part of HTTP. */
function headersOf({ trees = {}, values = {} }: HttpOptions): Readonly<Record<string, string>> {
  const { headers = {} } = trees as Description;
  return Object.fromEntries(
    Object.entries(headers).map(([name, text]) => [
      name.toLowerCase(),
      text.replace(PLACEHOLDER, (_whole, variable: string) => values[variable] ?? ''),
    ]),
  );
}

/** What HTTP can carry in a header. Source: RFC 9110, 5.5. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/u;

/** The header that a variable makes impossible. The file says nothing of it, and Node.js throws. */
function unsendableIn(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(headers).find((name) => !SENDABLE.test(headers[name] ?? ''));
}

function refusedHeader(name: string): Outcome {
  const reason =
    `the header ${name} would have a line break, or another character that HTTP does not allow: ` +
    'check the variables that it refers to';
  return { kind: 'rejected', reason, cause: 'config' };
}

/** `${env:NAME}`, `${title}`, or `${title:32}`: 32 characters of it at most. */
const PLACEHOLDER = /\$\{(?:env:([A-Za-z_]\w*)|(\w+)(?::(\d{1,5}))?)\}/gu;
/** The only key of an object that stands for one of its values. */
const CHOICE = `\${severity}`;

/** What stands for a placeholder. */
type Fill = (variable: string | undefined, word: string, max: string | undefined) => string;

function filling(digest: Digest, values: Readonly<Record<string, string>>): Fill {
  const words = WORDS.reduce<Record<string, string>>((known, [name, make]) => {
    known[name] = make(digest);
    return known;
  }, {});
  return (variable, word, max) => {
    if (variable !== undefined) return values[variable] ?? '';
    const text = words[word] ?? '';
    return max === undefined ? text : shortened(text, Number(max), (part) => [...part].length);
  };
}

const WORDS: readonly (readonly [name: string, make: (digest: Digest) => string])[] = [
  ['title', ({ title }) => title],
  ['text', (digest) => linesOf(digest).map(plainText).join('\n')],
  ['markdown', (digest) => linesOf(digest).map(markdown).join('\n\n')],
  ['severity', ({ severity }) => severity],
  ['link', (digest) => linkOf(digest)],
];

/** Texts are filled in once: what stands in a name, or in a secret, is no placeholder. */
function filled(tree: Tree, fill: Fill, digest: Digest): Tree {
  if (typeof tree === 'string') {
    return tree.replace(PLACEHOLDER, (_whole, variable, word, max) => fill(variable, word, max));
  }
  if (Array.isArray(tree)) return tree.map((part) => filled(part, fill, digest));
  if (!isGroup(tree)) return tree;
  const choice = choiceIn(tree);
  if (choice !== null) return filled(choice[digest.severity] ?? null, fill, digest);
  return Object.fromEntries(
    Object.entries(tree).map(([name, part]) => [name, filled(part, fill, digest)]),
  );
}

function choiceIn(tree: {
  readonly [name: string]: Tree;
}): { readonly [name: string]: Tree } | null {
  const choice = tree[CHOICE];
  return isGroup(choice) && Object.keys(tree).length === 1 ? choice : null;
}

function linesOf({ lines, totals }: Digest): readonly Line[] {
  return [...lines, ...(totals === null ? [] : [totals])];
}

function plainText({ symbol, name, text, context }: Line): string {
  const said = `${symbol} ${name === '' ? '' : `${name} `}${text}`;
  return context === '' ? said : `${said}\n${context}`;
}

/** What acts in Markdown becomes its full-width twin; without square brackets, round ones make no link. */
const SPECIAL_CHARACTERS = '[]!<>*_`#|~\\';

function markdown({ symbol, name, text, context, links }: Line): string {
  const twins = (part: string): string => fullWidth(part, SPECIAL_CHARACTERS);
  const subject = name === '' ? '' : `**${twins(name)}** `;
  const addresses = links.map(({ label, url }) => `[${label}](${url})`).join(' · ');
  const below = [twins(context), addresses].filter((part) => part !== '');
  return [`${symbol} ${subject}${twins(text)}`, ...below].join('  \n');
}

/** Where to look: at the only instance, or at all of them. */
function linkOf({ lines, totals }: Digest): string {
  const [link] = [...(totals?.links ?? []), ...lines.flatMap(({ links }) => links)];
  return link?.url ?? '';
}

function outcomeOfAnswer(
  answer: Answer,
  { status, field, equals = true }: Success,
  retryAfter: string | undefined,
  nowMs: number,
  redact: Redact,
): Outcome {
  const said = quote(redact(answer.body));
  const isAsked = status?.includes(answer.status) === true;
  const byStatus = isAsked ? undefined : outcomeOfStatus(answer, nowMs, redact);
  const json = parsed(answer.body);
  if (byStatus !== undefined) {
    // Redirects, and what no server of HTTP says, have no words that help.
    const explained =
      answer.status >= 400 && answer.status < 600 && said !== ''
        ? withWords(byStatus, said)
        : byStatus;
    if (answer.status === 400 && json !== undefined && byStatus.kind === 'rejected')
      return { ...explained, cause: 'payload' } as Outcome;
    return waiting(explained, json, retryAfter, nowMs);
  }
  if (status !== undefined && !isAsked) return unmarked(answer, `HTTP ${status.join(' or ')}`);
  if (field === undefined) return { kind: 'delivered' };
  const value = fieldIn(json, field);
  if (value === equals) return { kind: 'delivered' };
  if (value === undefined) return unmarked(answer, `${field} is ${JSON.stringify(equals)}`);
  return waiting(
    { kind: 'retry', reason: `not confirmed: ${said}`, lost: false },
    json,
    retryAfter,
    nowMs,
  );
}

/** The longest pause that is believed. */
const MAX_RETRY_AFTER_SECONDS = 60 * 60;

/** A refusal that says how long to wait. */
function waiting(
  outcome: Outcome,
  json: unknown,
  retryAfter: string | undefined,
  nowMs: number,
): Outcome {
  if (retryAfter === undefined || outcome.kind === 'delivered' || outcome.kind === 'rejected')
    return outcome;
  const seconds = fieldIn(json, retryAfter);
  if (typeof seconds !== 'number' || !(seconds >= 0)) return outcome;
  const untilMs = nowMs + Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1_000;
  const { reason } = outcome;
  return { kind: 'throttled', reason, untilMs, ...(outcome.lost === true && { lost: true }) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The scalar at a path such as `data.code`; undefined: there is none. */
function fieldIn(json: unknown, path: string): unknown {
  let value = json;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return isScalar(value) || value === null ? value : undefined;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function oneOfMethods(): FileSetting {
  const words = `is not one of ${METHODS.join(', ')}`;
  return {
    mayRefer: false,
    problemsOf: (value) => (METHODS.some((known) => known === value) ? [] : [{ path: [], words }]),
  };
}

/** A group of values, each of which is judged by its name. */
function groupOf(problemOf: (value: Tree, name: string) => string | null): FileSetting {
  return {
    mayRefer: true,
    problemsOf: (value) =>
      isGroup(value)
        ? Object.entries(value).flatMap(([name, part]) => {
            const words =
              problemOf(part, name) ?? (typeof part === 'string' ? wordProblem(part) : null);
            return words === null ? [] : [{ path: [name], words }];
          })
        : [{ path: [], words: 'is not a group of settings' }],
  };
}

/** Source: RFC 9110, 5.1 and 5.5. These are set by the request itself. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,64}$/u;
const HEADER_VALUE = /^[\x20-\x7e]{1,1024}$/u;
const OWN_HEADERS: readonly string[] = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
];

function headerProblem(value: Tree, name: string): string | null {
  if (!HEADER_NAME.test(name) || OWN_HEADERS.includes(name.toLowerCase()))
    return 'is no header that can be set';
  if (typeof value !== 'string' || !HEADER_VALUE.test(value))
    return 'is not a text of ASCII characters';
  const isNews = [...value.matchAll(PLACEHOLDER)].some(([, variable]) => variable === undefined);
  return isNews ? `holds news: only \${env:NAME} may stand in a header` : null;
}

function leafProblems(tree: Tree): readonly SettingProblem[] {
  if (!isGroup(tree)) return [{ path: [], words: 'is not a group of settings' }];
  return problemsIn(tree);
}

function problemsIn(tree: Tree): readonly SettingProblem[] {
  if (typeof tree === 'string') {
    const words = wordProblem(tree);
    return words === null ? [] : [{ path: [], words }];
  }
  if (Array.isArray(tree)) return tree.flatMap((part, index) => below(index, problemsIn(part)));
  if (!isGroup(tree)) return [];
  const choice = tree[CHOICE];
  if (choice !== undefined) {
    const words = `stands alone, over bad, neutral and good`;
    const names = isGroup(choice) ? Object.keys(choice).sort().join() : '';
    if (Object.keys(tree).length > 1 || names !== 'bad,good,neutral')
      return [{ path: [CHOICE], words }];
  }
  return Object.entries(tree).flatMap(([name, part]) => below(name, problemsIn(part)));
}

function below(
  name: string | number,
  problems: readonly SettingProblem[],
): readonly SettingProblem[] {
  return problems.map(({ path, words }) => ({ path: [name, ...path], words }));
}

/** A placeholder that stands for nothing is a slip. */
function wordProblem(text: string): string | null {
  const known = WORDS.map(([name]) => name);
  const left = text.replace(PLACEHOLDER, (whole, variable, word) =>
    variable !== undefined || known.includes(word) ? '' : whole,
  );
  const [slip] = /\$\{[^}]*\}?/u.exec(left) ?? [];
  return slip === undefined
    ? null
    : `has ${slip}, which stands for nothing; there are ${known.map((name) => `\${${name}}`).join(', ')} and \${env:NAME}`;
}

const FIELD_PATH = /^\w[\w-]{0,63}(?:\.\w[\w-]{0,63}){0,5}$/u;

function pathProblems(value: Tree): readonly SettingProblem[] {
  return typeof value === 'string' && FIELD_PATH.test(value)
    ? []
    : [{ path: [], words: 'is not the path of a field such as data.code' }];
}

function successProblems(value: Tree): readonly SettingProblem[] {
  if (!isGroup(value)) return [{ path: [], words: 'is not a group of settings' }];
  const { status, field, equals, ...others } = value;
  const statuses = status === undefined ? [] : [status].flat();
  const areStatuses = statuses.every(
    (one) => Number.isInteger(one) && Number(one) >= 200 && Number(one) <= 599,
  );
  return [
    ...Object.keys(others).map((name) => ({
      path: [name],
      words: 'is no setting; there are status, field, equals',
    })),
    ...(areStatuses
      ? []
      : [{ path: ['status'], words: 'is not an HTTP status, or a list of them' }]),
    ...(field === undefined ? [] : below('field', pathProblems(field))),
    ...(equals === undefined || isScalar(equals)
      ? []
      : [{ path: ['equals'], words: 'is the text, number, or true or false in the field' }]),
    ...(equals === undefined || field !== undefined
      ? []
      : [{ path: ['equals'], words: 'is compared with a field, and field is missing' }]),
    ...(status === undefined && field === undefined
      ? [{ path: [], words: 'says nothing: it has neither status nor field' }]
      : []),
    ...(status !== undefined && statuses.length === 0
      ? [{ path: ['status'], words: 'is empty, so that no message would ever count as taken' }]
      : []),
    ...(field !== undefined && statuses.length > 0 && statuses.every(isBodiless)
      ? [
          {
            path: ['field'],
            words: `is in no answer: one of HTTP ${statuses.join(' or ')} has no body`,
          },
        ]
      : []),
  ];
}

/** Answers of these have no body, whatever the receiver is. Source: RFC 9110, 15.3.5, 15.3.6, 15.4.5. */
function isBodiless(status: Tree): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** How forms are sent. The tree is sent as one of the first kind. */
const FORM_TYPES = /^\s*(?:application\/x-www-form-urlencoded|multipart\/)/iu;
const OWN_FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/iu;

/** What HTTP has one of, and the file describes twice, or describes although there is none. */
function problemsTogether({
  method,
  headers,
  json,
  form,
  maxBytes,
}: Readonly<Record<string, unknown>>): readonly SettingProblem[] {
  const isGet = method === 'GET';
  const names = isGroup(headers) ? Object.keys(headers) : [];
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  const doubled = names.filter(
    (name, index) => names.findIndex((one) => isSame(one, name)) < index,
  );
  const typeName = names.find((name) => isSame(name, 'content-type'));
  const type = isGroup(headers) && typeName !== undefined ? headers[typeName] : undefined;
  const typeProblem =
    typeof type === 'string' ? problemOfType(type, isGet, form !== undefined) : null;
  return [
    ...(json !== undefined && form !== undefined
      ? [
          {
            path: ['json'],
            words: 'stands beside form, and a message has one body: leave one of both out',
          },
        ]
      : []),
    ...(json !== undefined && isGet
      ? [
          {
            path: ['json'],
            words:
              'is a body, which a GET does not have: what form says becomes part of the address',
          },
        ]
      : []),
    ...((isGet || form !== undefined) && Number(maxBytes) < LEAST_FORM_BYTES
      ? [
          {
            path: ['maxBytes'],
            words: `is too few for a form, in which a character may have nine bytes: ${LEAST_FORM_BYTES} are the least`,
          },
        ]
      : []),
    ...doubled.map((name) => ({
      path: ['headers', name],
      words: 'is there twice: headers are the same in upper and lower case',
    })),
    ...(typeProblem !== null && typeName !== undefined
      ? [{ path: ['headers', typeName], words: typeProblem }]
      : []),
  ];
}

function problemOfType(type: string, isGet: boolean, isForm: boolean): string | null {
  if (isGet) return 'describes a body, which a GET does not have';
  // What a variable holds is not known here.
  if (type.includes('${')) return null;
  if (isForm) return OWN_FORM_TYPE.test(type) ? null : 'is not the type of a form';
  return FORM_TYPES.test(type) ? 'is the type of a form, and the body is JSON' : null;
}
