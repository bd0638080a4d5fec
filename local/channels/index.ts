import type { IncomingMessage, ServerResponse } from 'node:http';

import { type Clock, systemClock } from '../clock.ts';
import { latencyOf, waitUntil } from '../faults/latency.ts';
import { faultPlan } from '../faults/plan.ts';
import { seededRandom } from '../random.ts';
import { type LocalServer, listen, readBody, resetConnection } from '../server.ts';
import {
  type AnswerFault,
  RECEIVER_FAULTS,
  type ReceiverFault,
  type ReceiverFaults,
} from './faults.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { viewInbox } from './inbox-view.ts';
import {
  type Arrival,
  arrivalHeader,
  parseObject,
  type ReceiverAnswer,
  type ReceiverSettings,
  type Verdict,
} from './receiver.ts';
import {
  CHANNELS,
  type ChannelName,
  drawingOf,
  receiverKind,
  type SettingsByName,
} from './receivers.ts';

export type { AnswerFault, ReceiverFault, ReceiverFaults } from './faults.ts';
export type { Inbox, Received } from './inbox.ts';
export { CHANNELS, type ChannelName } from './receivers.ts';

export interface ChannelsOptions {
  readonly port?: number;
  readonly clock?: Clock;
  readonly seed?: number;
  /** Of the phones that the inbox draws. */
  readonly timeZone?: string;
  /** Receivers that are guarded in another way: by another secret, or by a keyword. */
  readonly settings?: { readonly [Name in ChannelName]?: Partial<SettingsByName[Name]> };
}

/** By the name of each receiver, the address and secrets that the product is configured with. */
export interface ChannelsServer extends LocalServer, SettingsByName {
  /** The same as environment variables of the product. */
  readonly environment: Readonly<Record<string, string>>;
  readonly inbox: Inbox;
  /**
   * Replaces the faults of one receiver; `[]` ends them.
   * @throws {RangeError} naming every bad field.
   */
  setFaults(channel: ChannelName, faults: ReceiverFaults): void;
  /** The faults of one receiver that may still hit a request. */
  faultsOf(channel: ChannelName): ReceiverFaults;
}

/** Larger requests are cut off: the largest any of these services takes is far smaller. */
const MAX_ARRIVAL_BYTES = 256 * 1024;

/** Webhook receivers that check each message as the real ones do, and remember it. */
export async function startChannels(options: ChannelsOptions = {}): Promise<ChannelsServer> {
  const { port = 0, clock = systemClock, seed = 1, settings = {}, timeZone = 'UTC' } = options;

  const inbox = createInbox();
  const random = seededRandom(seed);
  const settingsAt = (base: string, name: ChannelName): ReceiverSettings => ({
    ...receiverKind(name).settings(base),
    ...settings[name],
  });
  const faults = byName(() => faultPlan(RECEIVER_FAULTS, random));
  const receivers = byName((name) => receiverKind(name).create(settingsAt(ANY_BASE, name)));

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const channel = channelOf(url.pathname);
    if (channel !== null) return receive(channel, url, request, response);
    if (url.pathname !== '/') return sendReceiverAnswer(response, NOT_FOUND);
    const { method = 'GET', headers } = request;
    const acceptLanguage = headers['accept-language'];
    return sendReceiverAnswer(
      response,
      viewInbox(inbox, { method, url, accept: headers.accept ?? '', acceptLanguage }, timeZone),
    );
  };

  const receive = async (
    channel: ChannelName,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const arrivedMs = performance.now();
    const hits = faults[channel].forRequest()(() => true);
    if (hits.some(({ kind }) => kind === 'reset')) return resetConnection(response);

    const arrival = await readArrival(request, url, clock);
    const { accepted, answer } = faultyVerdict(hits) ?? receivers[channel].judge(arrival);
    const isLost = hits.some(({ kind }) => kind === 'lost-answer');
    const to = url.searchParams.get('channel');
    inbox.add({
      channel,
      ...(to !== null && { to }),
      at: new Date(arrival.atMs).toISOString(),
      method: arrival.method,
      headers: withoutSecrets(arrival.headers),
      body: arrival.body.toString(),
      text: readableText(channel, arrival),
      accepted,
      outcome: isLost
        ? { kind: 'reset' }
        : { kind: 'answered', status: answer.status, body: answer.body },
      ...(channel === 'webhook' ? idsOf(arrival) : {}),
    });

    const latencyMs = latencyOf(hits, random);
    if (latencyMs > 0) await waitUntil(arrivedMs + latencyMs, response);
    return isLost ? resetConnection(response) : sendReceiverAnswer(response, answer);
  };

  const server = await listen(handle, port);
  const published = byName((name) => settingsAt(server.url, name)) as SettingsByName;
  return {
    ...server,
    ...published,
    environment: environmentOf(published),
    inbox,
    setFaults: (channel, replacement) => faults[channel].set(replacement),
    faultsOf: (channel) => faults[channel].pending,
  };
}

/** A receiver is guarded by the rest of its address: where it listens is not known before it does. */
const ANY_BASE = 'http://localhost';

function byName<T>(make: (name: ChannelName) => T): Readonly<Record<ChannelName, T>> {
  return Object.fromEntries(CHANNELS.map((name) => [name, make(name)])) as Record<ChannelName, T>;
}

function environmentOf(
  published: Readonly<Record<ChannelName, ReceiverSettings>>,
): Readonly<Record<string, string>> {
  const variables = CHANNELS.flatMap((name) =>
    Object.entries(published[name]).map(([setting, value]) => [
      receiverKind(name).variables[setting],
      value,
    ]),
  );
  return Object.fromEntries(variables.filter(([, value]) => value !== undefined));
}

function channelOf(path: string): ChannelName | null {
  return CHANNELS.find((name) => path.startsWith(receiverKind(name).path)) ?? null;
}

async function readArrival(request: IncomingMessage, url: URL, clock: Clock): Promise<Arrival> {
  const { method = 'GET', headers } = request;
  return {
    method,
    url,
    headers,
    body: await readBody(request, MAX_ARRIVAL_BYTES),
    atMs: clock.now(),
  };
}

/** The answer that a fault gives in place of the receiver. */
function faultyVerdict(hits: readonly ReceiverFault[]): Verdict | undefined {
  const fault = hits.find((hit): hit is ReceiverFault & AnswerFault => hit.kind === 'answer');
  if (fault === undefined) return undefined;
  const { status, headers = {}, body = '' } = fault;
  return { accepted: false, answer: { status, headers, body } };
}

/** A refused message is shown too; one that cannot be read is shown as it came. */
function readableText(channel: ChannelName, { body }: Arrival): string {
  try {
    return drawingOf(channel).textOf(body.toString());
  } catch {
    return body.toString();
  }
}

const SECRET_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'x-api-key'];

function withoutSecrets(headers: Arrival['headers']): Record<string, string> {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    SECRET_HEADERS.includes(name) ? '(hidden)' : String(value),
  ]);
  return Object.fromEntries(shown);
}

function idsOf(arrival: Arrival): { webhookId?: string; eventId?: string } {
  const webhookId = arrivalHeader(arrival, 'webhook-id');
  const eventId = parseObject(arrival.body.toString())?.id;
  return {
    ...(webhookId === undefined ? {} : { webhookId }),
    ...(typeof eventId === 'string' ? { eventId } : {}),
  };
}

const NOT_FOUND: ReceiverAnswer = { status: 404, headers: {}, body: 'not found' };

function sendReceiverAnswer(
  response: ServerResponse,
  { status, headers, body }: ReceiverAnswer,
): void {
  response.writeHead(status, headers).end(body);
}
