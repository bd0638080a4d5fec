import { createHash } from 'node:crypto';
import { FAILURES, type IncidentEvent, isInstance, STORM } from '../core/incident.ts';
import type { Message, Outcome } from '../core/message.ts';
import type { Notice } from '../core/model.ts';
import { isoTime, MINUTE_MS } from '../core/time.ts';
import { type Digest, digestOf, type Line } from '../delivery/core/message/digest.ts';
import type { Redact } from '../lib/secrets.ts';
import { shape } from '../lib/shape.ts';
import type { BodyOptions, ChannelKind } from './kind.ts';
import { isSuccess, jsonObject, outcomeOfStatus, quote, unmarked, withWords } from './outcome.ts';
import { type Answer, POST_TIMEOUT_MS } from './post.ts';
import { postJson } from './post-json.ts';

interface PagerdutySettings {
  /** The integration key of a service, or of a ruleset: that one begins with `R`. */
  readonly routingKey: string;
  /** `https://events.pagerduty.com`, or the one of the European region. */
  readonly url?: string;
}

/**
 * Half of the 120 calls a minute that users report for one key, which other senders may use as well. PagerDuty
 * itself names no number. Source: PagerDuty "Events API Rate Limits": the limit is dynamic.
 */
const MESSAGES_PER_MINUTE = 60;

/** PagerDuty, Events API v2. https://developer.pagerduty.com/docs/events-api-v2-overview */
export const pagerduty: ChannelKind<PagerdutySettings> = {
  kind: 'pagerduty',
  names: { zh: 'PagerDuty' },
  style: 'incidents',
  about: 'a PagerDuty integration key (Events API v2), and its address outside of the US',
  page: 'PagerDuty > Services > the service > Integrations > Events API V2',
  variables: {
    routingKey: {
      name: 'PAGERDUTY_ROUTING_KEY',
      about: 'the Integration Key, 32 letters and digits',
      isRequired: true,
      isSecret: true,
      rule: shape(/^[\dA-Za-z]{32}$/u, 'an integration key: 32 letters and digits'),
    },
    url: {
      name: 'PAGERDUTY_URL',
      about: 'the address of its region, https://events.eu.pagerduty.com in Europe',
      isRequired: false,
      isSecret: false,
      otherwise: 'https://events.pagerduty.com',
      rule: { hosts: ['events.pagerduty.com', 'events.eu.pagerduty.com'] },
    },
  },
  bodyOf: (message, options) => eventsOf(message, options)[0].body,
  create: ({ name, settings, wording, allowPrivate, now, redact }) => ({
    name,
    messagesPerMinute: MESSAGES_PER_MINUTE,
    ...(takesChanges(settings) ? {} : { incidentsOnly: true as const }),
    async send(message, timeoutMs = POST_TIMEOUT_MS) {
      const endMs = now() + timeoutMs;
      let outcome: Outcome = { kind: 'delivered' };
      for (const { path, body } of eventsOf(message, { settings, wording, nowMs: now() })) {
        if (path === CHANGES && !takesChanges(settings)) return REFUSES_CHANGES;
        outcome = await postJson(
          {
            url: new URL(path, settings.url).href,
            message: body,
            allowPrivate,
            timeoutMs: Math.max(1, endMs - now()),
          },
          (answer) => outcomeOfAnswer(answer, now(), redact),
        );
        if (outcome.kind !== 'delivered') return outcome;
      }
      return outcome;
    },
  }),
};

/** Source: Events API v2 overview, "Getting Started": change events cannot be sent to keys of rulesets. */
function takesChanges({ routingKey }: PagerdutySettings): boolean {
  return !routingKey.startsWith('R');
}

const REFUSES_CHANGES: Outcome = {
  kind: 'rejected',
  reason: 'the key of a ruleset (it begins with R) takes incidents only',
  cause: 'config',
};

const ALERTS = '/v2/enqueue';
const CHANGES = '/v2/change/enqueue';

interface PagerdutyEvent {
  readonly path: typeof ALERTS | typeof CHANGES;
  readonly body: object;
}

/** One event; a test opens an incident and closes it at once, so that the way to people is tried. */
function eventsOf(
  message: Message,
  options: BodyOptions<PagerdutySettings>,
): readonly [PagerdutyEvent, ...PagerdutyEvent[]] {
  const { incident = unplannedIncident(message) } = message;
  const change = changeEvent(message, options);
  if (incident === null) return [change];
  const alert = alertEvent(message, incident, options);
  const isTest = message.commits.some(({ notice }) => notice?.kind === 'test');
  return isTest
    ? [alert, alertEvent(message, { ...incident, action: 'resolve' }, options)]
    : [alert];
}

/**
 * The incident of a message that no journal knows of. That ticks go on again, which closes the one of the store,
 * is certain to be recorded only after three of them were missed.
 */
const MIN_STORE_FAILURES = 3;

function unplannedIncident({ commits }: Message): IncidentEvent | null {
  const [{ scope, notice } = { scope: '', notice: undefined }] = commits;
  if (notice?.kind === 'test') return { action: 'trigger', scope, subject: 'test of the channel' };
  return notice?.kind === 'store-failing' && notice.failures >= MIN_STORE_FAILURES
    ? { action: 'trigger', scope, subject: FAILURES.store }
    : null;
}

function changeEvent(
  message: Message,
  { settings: { routingKey }, wording, nowMs }: BodyOptions<PagerdutySettings>,
): PagerdutyEvent {
  const digest = digestOf(message, wording, nowMs);
  const body = {
    routing_key: routingKey,
    payload: {
      summary: summaryOf(digest),
      source: sourceOf(message),
      timestamp: timeOf(message, nowMs),
      custom_details: detailsOf(digest, message),
    },
    links: linksOf(digest),
  };
  return { path: CHANGES, body };
}

function alertEvent(
  message: Message,
  incident: IncidentEvent,
  { settings: { routingKey }, wording, nowMs }: BodyOptions<PagerdutySettings>,
): PagerdutyEvent {
  const { action, scope, subject, down } = incident;
  const key = { routing_key: routingKey, event_action: action, dedup_key: dedupKey(incident) };
  // What has ended an incident is no part of it: PagerDuty shows nothing else of such an event.
  if (action === 'resolve') return { path: ALERTS, body: key };
  const digest = digestOf(message, wording, nowMs);
  const body = {
    ...key,
    client: 'ecs-watch',
    ...(wording.viewUrl !== undefined && { client_url: wording.viewUrl }),
    payload: {
      summary: summaryOf(digest),
      source: isInstance(subject) ? subject : scope,
      severity: severityOf(message, subject),
      timestamp: timeOf(message, nowMs),
      component: 'ecs',
      group: scope,
      class: classOf(message, subject),
      custom_details: { ...detailsOf(digest, message), ...(down !== undefined && { down }) },
    },
    links: linksOf(digest),
  };
  return { path: ALERTS, body };
}

/** Characters of a key. Source: "Send an Alert Event", `dedup_key`. */
const MAX_DEDUP_KEY_LENGTH = 255;

/** The same for all events about one subject, so that a repeat does no harm. */
function dedupKey({ scope, subject }: IncidentEvent): string {
  const key = `ecs-watch/${scope}/${subject === STORM ? 'many instances' : subject}`;
  if (key.length <= MAX_DEDUP_KEY_LENGTH) return key;
  return `ecs-watch/${createHash('sha256').update(key).digest('hex')}`;
}

/** Characters of a summary are 1,024, and a title has 120. A voice reads it out: symbols are no words. */
const SYMBOLS = /[🔴🟢🟡⚫⚪📋⚠✅🔕]\uFE0F? /gu;

function summaryOf({ title }: Digest): string {
  return title.replace(SYMBOLS, '');
}

function detailsOf({ lines, totals }: Digest, { isRepeat }: Message): object {
  return {
    news: [...lines, ...(totals === null ? [] : [totals])].map(textOf),
    ...(isRepeat && { possibleRepeat: true }),
  };
}

function textOf({ symbol, name, text, context }: Line): string {
  const subject = name === '' ? '' : `${name} `;
  return `${symbol} ${subject}${text}${context === '' ? '' : ` (${context})`}`;
}

/** Each address once. An incident of many has those of the lines that it shows. */
function linksOf({ lines, totals }: Digest): readonly object[] {
  const links = [...lines, ...(totals === null ? [] : [totals])].flatMap((line) =>
    line.links.map(({ label, url }) => ({
      href: url,
      text: line.name === '' ? label : `${line.name}: ${label}`,
    })),
  );
  return [...new Map(links.map((link) => [link.href, link])).values()];
}

function severityOf({ commits }: Message, subject: string): 'critical' | 'error' | 'info' {
  if (commits.some(({ notice }) => notice?.kind === 'test')) return 'info';
  return subject === STORM || subject === FAILURES.vanished ? 'critical' : 'error';
}

function classOf({ commits }: Message, subject: string): string {
  if (subject === STORM || isInstance(subject)) return 'state-change';
  const notice: Notice | undefined = commits[0]?.notice;
  return notice?.kind ?? subject;
}

/** The only scope; of several, the watcher itself. */
function sourceOf({ commits }: Message): string {
  const [scope = 'ecs-watch', ...others] = new Set(commits.map((commit) => commit.scope));
  return others.length === 0 ? scope : 'ecs-watch';
}

function timeOf({ commits }: Message, nowMs: number): string {
  return isoTime(commits.reduce((last, { atMs }) => Math.max(last, atMs), 0) || nowMs);
}

/** After too many events. Source: Events API v2 overview, "Rate Limits": "a backoff of a few minutes". */
const BACK_OFF_MS = 3 * MINUTE_MS;
const ACCEPTED = 202;
const KEY_ADVICE = 'PAGERDUTY_ROUTING_KEY must be the integration key of a service';

/** Source: Events API v2 overview, "Response Codes & Retry Logic". */
function outcomeOfAnswer(answer: Answer, nowMs: number, redact: Redact): Outcome {
  const { status, headers } = answer;
  if (status === ACCEPTED) return { kind: 'delivered' };
  if (isSuccess(status)) return unmarked(answer, 'HTTP 202');
  const outcome = outcomeOfStatus(answer, nowMs, redact) ?? ({ kind: 'delivered' } as const);
  const words = quote(redact(wordsIn(answer.body)));
  if (status === 400 && words !== '') {
    const isOfKey = /routing.?key/iu.test(words);
    const reason = `HTTP 400${isOfKey ? ` (${KEY_ADVICE})` : ''}: ${words}`;
    return { kind: 'rejected', reason, cause: isOfKey ? 'config' : 'payload' };
  }
  const isUnlimited = status === 429 && headers['retry-after'] === undefined;
  const paused =
    isUnlimited && outcome.kind === 'throttled'
      ? { ...outcome, untilMs: nowMs + BACK_OFF_MS }
      : outcome;
  return words === '' ? paused : withWords(paused, words);
}

/** `Event object is invalid: Length of 'routing_key' is incorrect (should be 32 characters)`. */
function wordsIn(body: string): string {
  const { status, message, errors } = jsonObject(body);
  const said = Array.isArray(errors) ? errors.filter((error) => typeof error === 'string') : [];
  const first = typeof message === 'string' ? message : typeof status === 'string' ? status : '';
  return [first, said.join('; ')].filter((part) => part !== '').join(': ');
}
