import { createHmac, randomUUID } from 'node:crypto';
import { type Answer, type Connection, openConnection } from '../tablestore/connection.ts';
import type { Prebuilt, ServerUsage } from './protocol.ts';

/** What the measured view is configured with, and its clients sign with. */
export const TOKEN = 'token-of-the-benchmark';
export const REPLICA_KEY = {
  accessKeyId: 'LTAIreplica0000000000000',
  accessKeySecret: 'secret-of-the-replica-0000000000',
};

/** A whole request with the token of the view. */
export function get(path: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries({ host: 'bench', authorization: `Bearer ${TOKEN}`, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${head}\r\n`);
}

/** A call of the replica, signed by V1. A nonce is good for one call. */
export function getSigned(parameters: Readonly<Record<string, string>>): Buffer {
  const all: Readonly<Record<string, string>> = {
    ...parameters,
    Action: 'DescribeInstanceStatus',
    Version: '2014-05-26',
    Format: 'JSON',
    AccessKeyId: REPLICA_KEY.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
  };
  const query = Object.entries(all)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
  const signature = createHmac('sha1', `${REPLICA_KEY.accessKeySecret}&`)
    .update(`GET&%2F&${encodeURIComponent(query)}`)
    .digest('base64');
  return get(`/?${query}&Signature=${encodeURIComponent(signature)}`);
}

/** What a run took of a server, a request. */
export interface Rate {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/** A runtime of Function Compute gives a process one request at a time. */
const CONNECTIONS = 1;

/** Sends every request once, over connections that stay open. @throws {Error} for another status */
export async function rateOf(
  url: string,
  requests: readonly Buffer[],
  status: number,
  connectionCount = CONNECTIONS,
): Promise<Rate> {
  const connections = await Promise.all(
    Array.from({ length: connectionCount }, () => openConnection(url)),
  );
  const before = await usageOf(url);
  const startMs = performance.now();
  let next = 0;
  const sendInTurn = async (connection: Connection): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      expectStatus(await connection.send(request), status);
    }
  };
  await Promise.all(connections.map(sendInTurn));
  const seconds = (performance.now() - startMs) / 1000;
  const { cpuMs } = await usageOf(url);
  for (const connection of connections) connection.close();
  return {
    perSecond: requests.length / seconds,
    cpuMicroseconds: (1000 * (cpuMs - before.cpuMs)) / requests.length,
  };
}

export async function ask(url: string, request: Buffer, status = 200): Promise<Answer> {
  const connection = await openConnection(url);
  const answer = expectStatus(await connection.send(request), status);
  connection.close();
  return answer;
}

function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Error(`status ${answer.status} instead of ${status}: ${answer.body}`);
}

export async function usageOf(url: string, collect = false): Promise<ServerUsage> {
  const { body } = await ask(url, get(collect ? '/bench/usage?gc' : '/bench/usage'));
  return JSON.parse(body.toString()) as ServerUsage;
}

const OF_THE_CONNECTION = /^(?:date|connection|content-length|keep-alive)$/iu;

/** The same answer for a server that only repeats it. */
export function prebuiltOf({ status, head, body }: Answer): Prebuilt {
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(': ') as [string, string])
    .filter(([name]) => !OF_THE_CONNECTION.test(name));
  return { status, headers: Object.fromEntries(headers), body: body.toString('base64') };
}
