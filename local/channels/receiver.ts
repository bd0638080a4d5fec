import type { IncomingHttpHeaders } from 'node:http';

export const CHANNELS = ['dingtalk', 'slack', 'webhook'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One request, read to its end. */
export interface Arrival {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly atMs: number;
}

export interface ReceiverAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Verdict {
  /** Whether the service would now show the message to people. */
  readonly accepted: boolean;
  readonly answer: ReceiverAnswer;
}

/** Why a plain HTTP receiver refuses a request; `reason` is for the sender's developer. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** One imitated service. */
export interface Receiver {
  /** Checks the request as the service does, and counts it against the service's rate. */
  judge(arrival: Arrival): Verdict;
  /** What a person would read. @throws when the body is no message of this service. */
  textOf(body: string): string;
}

export function arrivalHeader(arrival: Arrival, name: string): string | undefined {
  const value = arrival.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The media type alone, in lower case: `Application/JSON; charset=utf-8` is `application/json`. */
export function mediaType(arrival: Arrival): string {
  const [type = ''] = (arrivalHeader(arrival, 'content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body as a JSON object, or null when it is anything else. */
export function parseObject(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
