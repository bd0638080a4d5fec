import type { IncomingMessage, ServerResponse } from 'node:http';

import { type Clock, systemClock } from '../clock.ts';
import { latencyOf, waitUntil } from '../faults/latency.ts';
import { type FaultPlan, faultPlan } from '../faults/plan.ts';
import { seededRandom } from '../random.ts';
import { type LocalServer, listen, readBody, resetConnection } from '../server.ts';
import { dingtalkRobot } from './dingtalk.ts';
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
  type ChannelName,
  parseObject,
  type Receiver,
  type ReceiverAnswer,
  type Verdict,
} from './receiver.ts';
import { slackHook } from './slack.ts';
import { webhookReceiver } from './webhook.ts';

export type { AnswerFault, ReceiverFault, ReceiverFaults } from './faults.ts';
export type { Inbox, Received } from './inbox.ts';
export type { ChannelName } from './receiver.ts';

export interface ChannelsOptions {
  readonly port?: number;
  readonly clock?: Clock;
  readonly seed?: number;
  readonly dingtalkSecret?: string;
  readonly webhookSecret?: string;
}

export interface ChannelsServer extends LocalServer {
  /** The addresses and secrets that the product is configured with. */
  readonly dingtalk: { readonly webhook: string; readonly secret: string };
  readonly slack: { readonly webhook: string };
  readonly webhook: { readonly url: string; readonly secret: string };
  readonly inbox: Inbox;
  /**
   * Replaces the faults of one receiver; `[]` ends them.
   * @throws {RangeError} naming every bad field.
   */
  setFaults(channel: ChannelName, faults: ReceiverFaults): void;
}

// These guard nothing but a loopback port; only their form is that of the real ones.
const DINGTALK_ACCESS_TOKEN = 'ec5'.padEnd(64, '0');
const DINGTALK_SECRET = 'SEC'.padEnd(67, '0');
const SLACK_PATH = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';
const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of the local cloud').toString('base64')}`;

/** Larger requests are cut off: the largest any of these services takes is far smaller. */
const MAX_ARRIVAL_BYTES = 256 * 1024;

/** Webhook receivers that check each message as the real ones do, and remember it. */
export async function startChannels(options: ChannelsOptions = {}): Promise<ChannelsServer> {
  const { port = 0, clock = systemClock, seed = 1 } = options;
  const { dingtalkSecret = DINGTALK_SECRET, webhookSecret = WEBHOOK_SECRET } = options;

  const inbox = createInbox();
  const random = seededRandom(seed);
  const faults: Record<ChannelName, FaultPlan<ReceiverFault>> = {
    dingtalk: faultPlan(RECEIVER_FAULTS, random),
    slack: faultPlan(RECEIVER_FAULTS, random),
    webhook: faultPlan(RECEIVER_FAULTS, random),
  };
  const receivers: Record<ChannelName, Receiver> = {
    dingtalk: dingtalkRobot({ accessToken: DINGTALK_ACCESS_TOKEN, secret: dingtalkSecret }),
    slack: slackHook({ path: SLACK_PATH }),
    webhook: webhookReceiver({ secret: webhookSecret }),
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const channel = channelOf(url.pathname);
    if (channel !== null) return receive(channel, url, request, response);
    if (url.pathname !== '/') return sendReceiverAnswer(response, NOT_FOUND);
    const { method = 'GET', headers } = request;
    return sendReceiverAnswer(
      response,
      viewInbox(inbox, { method, url, accept: headers.accept ?? '' }),
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
    const receiver = receivers[channel];
    const { accepted, answer } = faultyVerdict(hits) ?? receiver.judge(arrival);
    const isLost = hits.some(({ kind }) => kind === 'lost-answer');
    inbox.add({
      channel,
      at: new Date(arrival.atMs).toISOString(),
      method: arrival.method,
      headers: withoutSecrets(arrival.headers),
      body: arrival.body.toString(),
      text: readableText(receiver, arrival),
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
  return {
    ...server,
    dingtalk: {
      webhook: `${server.url}/robot/send?access_token=${DINGTALK_ACCESS_TOKEN}`,
      secret: dingtalkSecret,
    },
    slack: { webhook: `${server.url}${SLACK_PATH}` },
    webhook: { url: `${server.url}/webhook`, secret: webhookSecret },
    inbox,
    setFaults: (channel, replacement) => faults[channel].set(replacement),
  };
}

function channelOf(path: string): ChannelName | null {
  if (path === '/robot/send') return 'dingtalk';
  if (path.startsWith('/services/')) return 'slack';
  return path === '/webhook' ? 'webhook' : null;
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
function readableText(receiver: Receiver, { body }: Arrival): string {
  try {
    return receiver.textOf(body.toString());
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
