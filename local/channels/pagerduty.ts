import { MINUTE_MS } from '../clock.ts';
import { html, NOTHING } from '../html.ts';
import { equalSecrets } from '../signature/hash.ts';
import { linkHtml } from './markdown.ts';
import { slidingWindow } from './rate.ts';
import {
  type Arrival,
  isObject,
  type JsonObject,
  jsonAnswer,
  objectIn,
  objectsOf,
  parseObject,
  type ReceiverKind,
  type Verdict,
} from './receiver.ts';

// https://developer.pagerduty.com/docs/events-api-v2-overview, "Send an Alert Event", "Send a Change Event"

/** "Approximately 120 calls/minute per integration key". */
const MAX_PER_MINUTE = 120;
const MAX_EVENT_BYTES = 512 * 1024;
const MAX_SUMMARY_LENGTH = 1_024;
const MAX_DEDUP_KEY_LENGTH = 255;
const SEVERITIES: readonly unknown[] = ['critical', 'error', 'warning', 'info'];
const ACTIONS: readonly unknown[] = ['trigger', 'acknowledge', 'resolve'];
const ALERTS = '/v2/enqueue';
const CHANGES = '/v2/change/enqueue';

type PagerdutySettings = { readonly routingKey: string; readonly url: string };

/** It guards nothing but a loopback port; only its form is that of the real ones. */
const KEY = '00000000000000000000000000000ec5';

/** The events API of PagerDuty. It keeps which alerts are open: an event that ends none is dropped. */
export const pagerduty: ReceiverKind<PagerdutySettings> = {
  names: { en: 'PagerDuty', zh: 'PagerDuty' },
  path: '/v2/',
  variables: { routingKey: 'PAGERDUTY_ROUTING_KEY', url: 'PAGERDUTY_URL' },
  settings: (base) => ({ routingKey: KEY, url: base }),
  create({ routingKey }) {
    const open = new Set<string>();
    const rate = slidingWindow(MAX_PER_MINUTE, MINUTE_MS);
    return {
      judge(arrival) {
        const { pathname } = arrival.url;
        if (pathname !== ALERTS && pathname !== CHANGES) return refused(404, 'Not Found', []);
        if (rate.waitMs(arrival.atMs) > 0) return refused(429, 'Request Limit Exceeded', []);
        const event = eventIn(arrival);
        if (event === null) return refused(400, 'Event object is invalid', ['no JSON']);
        const errors = [
          ...keyProblems(event, routingKey, pathname),
          ...(pathname === ALERTS ? alertProblems(event) : changeProblems(event)),
        ];
        if (errors.length > 0) return refused(400, 'Event object is invalid', errors);
        if (pathname === CHANGES) return accepted('Change event processed', true);
        return accepted('Event processed', isTaken(event, open), String(event.dedup_key));
      },
    };
  },
  drawing: { textOf: eventText, pushOf: pushText, htmlOf: eventHtml },
};

function eventIn({ method, body }: Arrival): JsonObject | null {
  return method === 'POST' && body.length <= MAX_EVENT_BYTES ? parseObject(body.toString()) : null;
}

function accepted(message: string, isShown: boolean, dedupKey?: string): Verdict {
  const key = dedupKey === undefined ? {} : { dedup_key: dedupKey };
  return { accepted: isShown, answer: jsonAnswer(202, { status: 'success', message, ...key }) };
}

function refused(status: number, message: string, errors: readonly string[]): Verdict {
  return {
    accepted: false,
    answer: jsonAnswer(status, { status: 'invalid event', message, errors }),
  };
}

/** A trigger opens an alert, or is added to an open one; what is for no open alert is dropped. */
function isTaken({ event_action: action, dedup_key: key }: JsonObject, open: Set<string>): boolean {
  const name = String(key);
  if (action === 'trigger') return open.add(name).has(name);
  return action === 'resolve' ? open.delete(name) : open.has(name);
}

function keyProblems(
  { routing_key: key }: JsonObject,
  expected: string,
  path: string,
): readonly string[] {
  if (typeof key !== 'string' || key.length !== KEY.length)
    return [`Length of 'routing_key' is incorrect (should be ${KEY.length} characters)`];
  if (!equalSecrets(key, expected)) return ["'routing_key' is invalid"];
  return path === CHANGES && key.startsWith('R')
    ? ["'routing_key' of a ruleset cannot be sent change events"]
    : [];
}

function alertProblems(event: JsonObject): readonly string[] {
  const { event_action: action, dedup_key: key, payload } = event;
  const problems = ACTIONS.includes(action) ? [] : ["'event_action' is invalid"];
  if (key !== undefined && !isText(key, MAX_DEDUP_KEY_LENGTH))
    problems.push("'dedup_key' is too long");
  if (action !== 'trigger')
    return key === undefined ? [...problems, "'dedup_key' is missing"] : problems;
  if (!isObject(payload)) return [...problems, "'payload' is missing or blank"];
  return [
    ...problems,
    ...payloadProblems(payload),
    ...(isText(payload.source) ? [] : ["'payload.source' is missing or blank"]),
    ...(SEVERITIES.includes(payload.severity) ? [] : ["'payload.severity' is invalid"]),
  ];
}

function changeProblems({ payload, links }: JsonObject): readonly string[] {
  const problems = isObject(payload) ? payloadProblems(payload) : ["'payload' is missing or blank"];
  const areLinks = links === undefined || objectsOf(links).every(({ href }) => isText(href));
  return areLinks ? problems : [...problems, "'links' is invalid"];
}

function payloadProblems({ summary, timestamp }: JsonObject): readonly string[] {
  const isTime = timestamp === undefined || !Number.isNaN(Date.parse(String(timestamp)));
  return [
    ...(isText(summary, MAX_SUMMARY_LENGTH) ? [] : ["'payload.summary' is missing or too long"]),
    ...(isTime ? [] : ["'payload.timestamp' is invalid"]),
  ];
}

function isText(value: unknown, maxLength = Number.POSITIVE_INFINITY): boolean {
  return typeof value === 'string' && value !== '' && value.length <= maxLength;
}

function titleOf(event: JsonObject): string {
  const { event_action: action = 'change', dedup_key: key } = event;
  const { summary } = objectIn(event, 'payload');
  return `${action}: ${summary ?? key ?? ''}`;
}

/** Only an incident notifies a person. */
function pushText(body: string): string | null {
  const event: JsonObject = JSON.parse(body);
  return event.event_action === 'trigger' ? titleOf(event) : null;
}

function eventText(body: string): string {
  const event: JsonObject = JSON.parse(body);
  return [titleOf(event), ...newsIn(event)].join('\n');
}

function newsIn(event: JsonObject): readonly string[] {
  const { news } = objectIn(objectIn(event, 'payload'), 'custom_details');
  return Array.isArray(news) ? news.map(String) : [];
}

function eventHtml(body: string): ReturnType<typeof html> {
  const event: JsonObject = JSON.parse(body);
  const { severity } = objectIn(event, 'payload');
  const links = objectsOf(event.links).map(
    ({ href, text }) =>
      html`<span class="button">${linkHtml(String(href), String(text ?? ''))}</span>`,
  );
  return html`<p class="heading heading-3">${titleOf(event)}</p>${
    severity === undefined ? NOTHING : html`<p class="context">${String(severity)}</p>`
  }${newsIn(event).map((line) => html`<p class="plain">${line}</p>`)}<p class="buttons">${links}</p>`;
}
