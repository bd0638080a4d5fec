import {
  type Arrival,
  type JsonObject,
  mediaType,
  objectIn,
  objectsOf,
  parseObject,
  type Refusal,
} from './receiver.ts';

// https://github.com/cloudevents/spec/blob/main/cloudevents/formats/json-format.md
// https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md

const MEDIA_TYPE = 'application/cloudevents+json';
const REQUIRED_ATTRIBUTES = ['specversion', 'id', 'source', 'type'];
const SPEC_VERSION = '1.0';
const ATTRIBUTE_NAME = /^[a-z0-9]+$/;
const PAYLOAD_MEMBERS = ['data', 'data_base64'];
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Whether the request carries one event in structured JSON mode; batches are refused. */
export function checkEnvelope(arrival: Arrival): Refusal | null {
  if (mediaType(arrival) !== MEDIA_TYPE) {
    return { status: 415, reason: `content-type must be ${MEDIA_TYPE}` };
  }
  const event = parseObject(arrival.body.toString());
  const problems = event === null ? ['the body is not a JSON object'] : problemsOf(event);
  return problems.length === 0 ? null : { status: 400, reason: problems.join('; ') };
}

function problemsOf(event: JsonObject): string[] {
  const problems = REQUIRED_ATTRIBUTES.filter((name) => !isFilled(event[name])).map(
    (name) => `${name} must be a non-empty string`,
  );
  if (isFilled(event.specversion) && event.specversion !== SPEC_VERSION) {
    problems.push(`specversion must be ${SPEC_VERSION}`);
  }
  if (event.time !== undefined && !RFC3339.test(String(event.time))) {
    problems.push('time must be an RFC 3339 timestamp');
  }
  for (const name of Object.keys(event)) {
    if (!ATTRIBUTE_NAME.test(name) && !PAYLOAD_MEMBERS.includes(name)) {
      problems.push(`${name} is not an attribute name`);
    }
  }
  return problems;
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** The changes of an ecs-watch event, one a line; the type and the data of any other event. */
export function eventText(body: string): string {
  const event: JsonObject = JSON.parse(body);
  const changes = changesOf(event);
  const lines =
    changes.length > 0 ? changes.map(changeText) : [JSON.stringify(event.data, null, 2)];
  return [titleOf(event), ...lines].join('\n');
}

/** The same in one line: the first change, and how many more there are. */
export function eventLine(body: string): string {
  const event: JsonObject = JSON.parse(body);
  const [first, ...others] = changesOf(event);
  const more = others.length === 0 ? [] : [`+${others.length}`];
  const changed = first === undefined ? [] : [moveText(first, first.name || first.instanceId)];
  return [titleOf(event), ...changed, ...more].join(' · ');
}

function titleOf(event: JsonObject): string {
  const { notice, scope } = objectIn(event, 'data');
  return [event.type, notice, scope].filter(Boolean).join(' · ');
}

function changesOf(event: JsonObject): readonly JsonObject[] {
  return objectsOf(objectIn(event, 'data').changes);
}

function changeText(change: JsonObject): string {
  const { instanceId, name } = change;
  return moveText(change, name ? `${name} (${instanceId})` : instanceId);
}

function moveText({ from, to }: JsonObject, instance: unknown): string {
  return `${instance}: ${from ?? '(new)'} → ${to ?? '(released)'}`;
}
