import { type Random, seededRandom } from '../../local/random.ts';
import { CHANNEL_KINDS, createChannel, secretsOf } from '../../shared/channels/index.ts';
import type { Outcome } from '../../shared/core/message.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { aChange, aCommit, aMessage, MINUTE_MS, NOW_MS, WORDING } from '../helpers/examples.ts';
import { outcomeOf, type Round } from '../helpers/fuzz.ts';
import { type Draft, type Framed, hostileAnswer, hugeAnswer } from '../helpers/hostile-answers.ts';
import {
  hostileJson,
  hostileText,
  hostileValue,
  type Json,
  spoilValue,
} from '../helpers/hostile-json.ts';
import { withHostileServer } from '../helpers/hostile-server.ts';

/** Each round of it sends one message to a receiver that answers in a hostile way. */
export const receiverRound: Round = (seed) => round(seed, hostileAnswer);

/** The same with bombs, and bodies without end. */
export const hugeReceiverRound: Round = (seed) => round(seed, hugeAnswer);

const MESSAGE = aMessage([aCommit({ changes: [aChange({ name: 'web-1' })] })]);
/** For one attempt. Stalls take all of it. */
const TIMEOUT_MS = 100;

const SECRETS = {
  token: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
  secret: 'SEC3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e',
  routingKey: '0a1B2c3D4e5F6a7B8c9D0e1F2a3B4c5D',
  whsec: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazI5NTM4ZjE2ODkz',
};

/** The settings of each kind, for an address at this base. */
const SETTINGS: Readonly<Record<string, (base: string) => Readonly<Record<string, string>>>> = {
  dingtalk: (base) => ({
    webhook: `${base}/robot/send?access_token=${SECRETS.token}`,
    secret: SECRETS.secret,
  }),
  feishu: (base) => ({
    webhook: `${base}/open-apis/bot/v2/hook/${SECRETS.token}`,
    secret: SECRETS.secret,
  }),
  wecom: (base) => ({ webhook: `${base}/cgi-bin/webhook/send?key=${SECRETS.token}` }),
  slack: (base) => ({ webhook: `${base}/services/T0AB12CD3/B0AB12CD3/${SECRETS.token}` }),
  teams: (base) => ({ webhook: `${base}/workflows/1/invoke?sv=1.0&sig=${SECRETS.token}` }),
  http: (base) => ({ url: `${base}/hooks/${SECRETS.token}` }),
  pagerduty: (base) => ({ routingKey: SECRETS.routingKey, url: base }),
  webhook: (base) => ({ url: `${base}/hooks/${SECRETS.token}`, secret: SECRETS.whsec }),
};

async function round(
  seed: number,
  frame: (draft: Draft, random: Random) => Framed,
): ReturnType<Round> {
  const random = seededRandom(seed);
  const { kind } = random.pick(CHANNEL_KINDS);
  const framed = frame(draftFor(kind, random), random);
  return withHostileServer(framed.answer, async (server) => {
    const settings = SETTINGS[kind]?.(server.url) ?? {};
    const configured = { name: kind, kind, settings };
    // A run knows the secrets of all its channels.
    const secrets = [...secretsOf(configured), ...Object.values(SECRETS)];
    const channel = createChannel(configured, {
      wording: WORDING,
      allowPrivate: true,
      now: () => NOW_MS,
      redact: redactor(secrets),
    });

    const sent = await outcomeOf(channel.send(MESSAGE, TIMEOUT_MS));
    const held = await server.heldConnections();

    const { status, body } = framed.readable ?? {};
    const readable = status === undefined ? 'nothing' : `HTTP ${status} ${excerpt(body)}`;
    const outcome = typeof sent === 'object' && 'value' in sent ? sent.value : undefined;
    const thrown = typeof sent === 'object' && 'error' in sent ? [`throws ${sent.error}`] : [];
    return {
      what: `${kind} answers ${framed.what}, readable: ${readable}; ${JSON.stringify(outcome)}`,
      problems: [
        ...(sent === 'hangs' ? ['does not end'] : thrown),
        ...(held === 0 ? [] : [`holds ${held} connections`]),
        ...(outcome === undefined ? [] : problemsWith(outcome, kind, framed, server.arrived)),
        ...(secrets.some((secret) => showsPartOf(secret, JSON.stringify(sent)))
          ? ['shows a secret, or the beginning of one']
          : []),
      ],
    };
  });
}

/** So much of a secret is too much. Less may be a word, such as the beginning of an address. */
const LEAK_LENGTH = 16;

function showsPartOf(secret: string, shown: string): boolean {
  return shown.includes(secret.slice(0, LEAK_LENGTH));
}

function excerpt(body: Buffer | undefined): string {
  return JSON.stringify(body?.toString('latin1').slice(0, 200));
}

/** Texts that each service, or one like it, may answer with: the marks of success are among them. */
const BODIES: Readonly<Record<string, readonly string[]>> = {
  dingtalk: [
    '{"errcode":0,"errmsg":"ok"}',
    '{"errcode":"0","errmsg":"ok"}',
    '{"errcode":false}',
    '{"errcode":null}',
    '{"errcode":[0]}',
    '{"errcode":1e-320}',
    '{"errcode":310000,"errcode":0}',
    '{"errcode":"constructor"}',
    '{"__proto__":{"errcode":0}}',
    '[{"errcode":0}]',
    '{"errcode":310000,"errmsg":"sign not match"}',
    '{"errcode":130101,"errmsg":"send too fast"}',
    '{"errcode":90030,"errmsg":"daily quota"}',
    '{"errcode":300001,"errmsg":"token is not exist"}',
    '{"errcode":460101,"errmsg":"message too long"}',
    '{"errcode":-1,"errmsg":"system busy"}',
    '{"errcode":1e999,"errmsg":"too large"}',
  ],
  feishu: [
    '{"code":0,"msg":"success"}',
    '{"StatusCode":0,"StatusMessage":"success"}',
    '{"code":"0","msg":"success"}',
    '{"code":"0","StatusCode":0}',
    '{"code":19001,"StatusCode":0}',
    '{"code":false}',
    '{"code":null,"StatusCode":null}',
    '{"code":1e-320}',
    '{"__proto__":{"code":0}}',
    '[{"code":0}]',
    '{"code":19021,"msg":"sign match fail"}',
    '{"code":19001,"msg":"token invalid"}',
    '{"code":11232,"msg":"frequency limited"}',
    '{"code":9499,"msg":"too many request"}',
    '{"code":9499,"msg":"Bad Request"}',
    '{"code":1e999,"msg":"too large"}',
  ],
  wecom: [
    '{"errcode":0,"errmsg":"ok"}',
    '{"errcode":"0","errmsg":"ok"}',
    '{"errcode":93000,"errmsg":"invalid webhook url, from ip: 203.0.113.7"}',
    '{"errcode":93000,"errmsg":"exceed max length"}',
    '{"errcode":45009,"errmsg":"api freq out of limit"}',
    '{"errcode":40058,"errmsg":"exceed max length 4096"}',
  ],
  slack: [
    'ok',
    '{"success":true}',
    ' ok\r\n',
    'OK',
    '"ok"',
    'okay',
    'ok\u0000',
    'not ok',
    'no_service',
    'invalid_payload',
    'constructor',
    '__proto__',
  ],
  teams: [
    '',
    '1',
    'Microsoft Teams endpoint returned HTTP error 429 with ContextId a',
    'Microsoft Teams endpoint returned HTTP error 413 with ContextId a',
    'Microsoft Teams endpoint returned HTTP error 400 with ContextId a',
    'Microsoft Teams endpoint returned HTTP error 000',
    '{"error":{"code":"WorkflowNotFound","message":"The workflow could not be found."}}',
    '{"error":"no"}',
    '{"error":{"code":7,"message":null}}',
  ],
  http: ['', 'ok', '{"ok":true}', '{"error":"no"}', '{"parameters":{"retry_after":1e9}}'],
  pagerduty: [
    '{"status":"success","message":"Event processed","dedup_key":"a"}',
    '{"status":"invalid event","message":"Event object is invalid","errors":["Length of \'routing_key\' is incorrect"]}',
    '{"status":"invalid event","message":"Event object is invalid","errors":["payload.summary is missing"]}',
    '{"status":7,"message":null,"errors":[7,null,{}]}',
    '{"status":"throttle exceeded"}',
  ],
  webhook: ['', 'ok', '{"ok":false}', '{"error":"no"}'],
};
const ANY_BODIES: readonly string[] = [
  '',
  '{"success":true}',
  '{"ok":true}',
  '{}',
  'null',
  '<!doctype html><title>Sign in</title><p>ok',
];

function draftFor(kind: string, random: Random): Draft {
  const status = random.chance(0.6)
    ? 200
    : random.pick([
        0, 99, 201, 202, 204, 205, 226, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404,
        408, 410, 413, 422, 425, 429, 451, 500, 501, 502, 503, 504, 511, 599, 600, 999,
      ]);
  const headers = random.chance(0.5)
    ? []
    : [
        random.pick([
          `retry-after: ${random.pick(['0', '-1', '30', '1e9', '9'.repeat(300), 'soon', '\u00ff'])}`,
          'retry-after: 1\r\nretry-after: 2',
          'retry-after: Fri, 31 Dec 9999 23:59:59 GMT',
          // Another host than that of the address: a reason names it.
          'location: http://localhost:1/',
          'connection: keep-alive',
          'content-type: text/html; charset=utf-16',
          'set-cookie: a=b',
        ]),
      ];
  return { status, headers, body: bodyFor(kind, random) };
}

function bodyFor(kind: string, random: Random): Buffer {
  const known = (): string => random.pick(BODIES[kind] ?? ANY_BODIES);
  const makers: readonly (() => Buffer)[] = [
    () => Buffer.from(known()),
    () => Buffer.from(known()),
    () => Buffer.from(random.pick(ANY_BODIES)),
    () => hostileJson(hostileValue(random), random),
    () => hostileJson(spoilValue({ errcode: 0, errmsg: 'ok' }, random), random),
    () => hostileJson({ errcode: hostileValue(random), errmsg: hostileValue(random) }, random),
    () => Buffer.from(echo(random)),
    () => hostileJson({ errcode: random.pick([0, 310000, 7]), errmsg: echo(random) }, random),
    () => hostileJson({ code: random.pick([0, 9499, 19021, 7]), msg: echo(random) }, random),
    () => hostileJson({ code: hostileValue(random), StatusCode: hostileValue(random) }, random),
    () =>
      hostileJson({ errcode: random.pick([-1, 310000, 7]), errmsg: hostileText(random) }, random),
    () => Buffer.concat([Buffer.from(known()), Buffer.of(0xed, 0xa0, 0x80, 0xff)]),
  ];
  return random.pick(makers)();
}

/** Where our clients cut an answer: there a secret may be halved. */
const CUT_BYTES = 64 * 1024;

/** What was sent, in each form that it may come back in, anywhere in a text. */
function echo(random: Random): string {
  const secret = random.pick(Object.values(SECRETS));
  const form = random.pick<(text: string) => string>([
    (text) => text,
    (text) => encodeURIComponent(text),
    (text) => Buffer.from(text).toString('base64'),
    (text) => JSON.stringify({ text }),
  ])(secret);
  const before = random.pick([
    '',
    'you sent ',
    'x'.repeat(random.below(220)),
    random.pick([' ', '\n', '\u200b', 'é']).repeat(CUT_BYTES - 80 + random.below(70)),
  ]);
  return `${before}${form}${random.pick(['', ' was wrong'])}`;
}

/** What Slack documents as a refusal. Source: Slack changelog 2016-05-17 and block limits. */
const SLACK_REFUSALS: readonly string[] = [
  'invalid_payload',
  'no_text',
  'invalid_blocks',
  'too_many_attachments',
  'channel_not_found',
  'channel_is_archived',
  'no_service',
  'no_service_id',
  'invalid_token',
  'no_team',
  'team_disabled',
];

/** Of Slack, and of Rocket.Chat, which takes the same messages. */
const SLACK_CONFIRMATIONS: readonly string[] = ['ok', '{"success":true}'];

type Verdict = 'accepted' | 'refused' | 'unclear';

/** What the answer says of the message, as a person would read it. */
function verdictOf(kind: string, { status, body }: Draft): Verdict {
  const text = body.toString('utf8').trim();
  if (kind === 'slack' && SLACK_REFUSALS.includes(text)) return 'refused';
  const hidden = kind === 'teams' && status === 200 ? /\bHTTP error (\d{3})\b/u.exec(text) : null;
  if (hidden !== null)
    return verdictOf('webhook', { status: Number(hidden[1]), headers: [], body });
  if (status === 504 || status < 200 || status > 599) return 'unclear';
  if (status >= 300) return 'refused';
  if (['webhook', 'teams', 'http'].includes(kind)) return 'accepted';
  if (kind === 'pagerduty') return status === 202 ? 'accepted' : 'unclear';
  if (kind === 'slack') {
    return status === 200 && SLACK_CONFIRMATIONS.includes(text) ? 'accepted' : 'unclear';
  }
  const names = kind === 'feishu' ? ['code', 'StatusCode'] : ['errcode'];
  const code = numberIn(body.toString('utf8'), names);
  if (typeof code !== 'number') return 'unclear';
  return code === 0 ? 'accepted' : 'refused';
}

/** The first of these members that is a number. */
function numberIn(text: string, names: readonly string[]): unknown {
  try {
    const answer = JSON.parse(text) as Json;
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
    const members = answer as Readonly<Record<string, unknown>>;
    return names.map((name) => members[name]).find((member) => typeof member === 'number');
  } catch {
    return undefined;
  }
}

/** Of a long body the client reads only the beginning, and needs no end. */
function readableOf({ readable, begun }: Framed): Draft | undefined {
  return readable ?? (begun !== undefined && begun.body.length >= CUT_BYTES ? begun : undefined);
}

const DAY_MS = 24 * 60 * MINUTE_MS;
const MAX_REASON_LENGTH = 300;
// Controls, marks that turn the direction of text, halves of characters, ends of lines.
const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function problemsWith(
  outcome: Outcome,
  kind: string,
  framed: Framed,
  arrived: number,
): readonly string[] {
  const readable = readableOf(framed);
  const verdict = readable === undefined ? 'unclear' : verdictOf(kind, readable);
  const problems: string[] = [];
  if (outcome.kind === 'delivered') {
    if (verdict !== 'accepted') problems.push(`delivered, though the answer is ${verdict}`);
    return problems;
  }
  const isLost = outcome.kind !== 'rejected' && outcome.lost === true;
  if (!isLost && verdict !== 'refused' && arrived > 0) {
    problems.push(`not lost, though the request arrived and the answer is ${verdict}`);
  }
  if (outcome.kind === 'retry' && outcome.unmarked === true && (readable?.status ?? 0) >= 300) {
    problems.push('unmarked, though it is no success');
  }
  if (outcome.kind === 'throttled' && !isBetween(outcome.untilMs, NOW_MS, NOW_MS + DAY_MS)) {
    problems.push(`throttled until ${outcome.untilMs}`);
  }
  const { reason } = outcome;
  if (reason === '' || reason.length > MAX_REASON_LENGTH) {
    problems.push(`a reason of ${reason.length} characters`);
  }
  if (ACTING.test(reason)) problems.push('a reason with characters that act');
  return problems;
}

function isBetween(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
