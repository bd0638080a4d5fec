import type { IncomingHttpHeaders } from 'node:http';
import type { Html } from '../html.ts';
import type { Language } from '../languages.ts';

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

/** One imitated service: everything that this server knows about it. */
export interface ReceiverKind<Settings extends ReceiverSettings> {
  /** What the service calls itself. */
  readonly names: Readonly<Record<Language, string>>;
  /** How the paths of its requests begin. */
  readonly path: string;
  /** The product's environment variables for the settings. */
  readonly variables: { readonly [Name in keyof Settings]-?: string };
  /** The address on a server at `base`, and what guards it. */
  settings(base: string): Settings;
  /** A receiver that is guarded by these settings. */
  create(settings: Settings): Receiver;
  readonly drawing: Drawing;
}

export type ReceiverSettings = Readonly<Record<string, string | undefined>>;

/** Checks requests as the service does, and counts them against the service's rate. */
export interface Receiver {
  judge(arrival: Arrival): Verdict;
}

/** How people see a message. Each of these throws when the body is no message of this service. */
export interface Drawing {
  /** All that can be read, as text. */
  textOf(body: string): string;
  /** What a locked phone shows; null where no phone is notified. */
  pushOf(body: string): string | null;
  /** What stands for a message until it is opened. Absent: a message of this service is short. */
  lineOf?(body: string): string;
  /** What the service draws. */
  htmlOf(body: string): Html;
  /** Its style sheet, below a class of the receiver's name. Absent: it looks as other messages do. */
  readonly style?: string;
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

/** An answer in JSON. */
export function jsonAnswer(status: number, value: object): ReceiverAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: JSON.stringify(value) };
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object; an empty one when it is anything else. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

/** The objects in a list; none when it is no list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
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
