import type { ServerResponse } from 'node:http';
import { latencyOf, waitUntil } from '../../faults/latency.ts';
import type { Random } from '../../random.ts';
import { resetConnection } from '../../server.ts';
import type { EcsAnswer } from '../answer.ts';
import type { EcsUsageMeter } from '../usage.ts';
import type { EcsFault } from './fault.ts';

interface Arrival {
  readonly random: Random;
  readonly usage: Pick<EcsUsageMeter, 'whileDelayed'>;
  /** When the call came in, by `performance.now()`. */
  readonly arrivedMs: number;
}

/** Sends an answer with the faults that hit the call. */
export async function deliver(
  response: ServerResponse,
  answer: EcsAnswer,
  hits: readonly EcsFault[],
  { random, usage, arrivedMs }: Arrival,
): Promise<void> {
  const latencyMs = latencyOf(hits, random);
  if (latencyMs > 0) await usage.whileDelayed(waitUntil(arrivedMs + latencyMs, response));
  if (response.destroyed) return;
  const [fault] = hits.filter(({ kind }) => kind in ON_THE_WIRE);
  if (fault === undefined) sendAnswer(response, answer);
  else ON_THE_WIRE[fault.kind]?.(response, answer, fault);
}

const ON_THE_WIRE: Partial<
  Record<EcsFault['kind'], (response: ServerResponse, answer: EcsAnswer, fault: EcsFault) => void>
> = {
  reset: resetConnection,
  'lost-answer': resetConnection,
  'cut-answer'(response, answer) {
    response.writeHead(answer.status, headers(answer.headers, answer.text));
    response.write(half(answer.text), () => resetConnection(response));
  },
  'no-body': (response, answer) => sendAnswer(response, { ...answer, status: 200, text: '' }),
  'half-body': (response, answer) => sendAnswer(response, { ...answer, text: half(answer.text) }),
  'html-error'(response, _answer, fault) {
    if (fault.kind === 'html-error') sendAnswer(response, proxyPage(fault.status));
  },
};

function sendAnswer(response: ServerResponse, answer: EcsAnswer): void {
  response.writeHead(answer.status, headers(answer.headers, answer.text)).end(answer.text);
}

function headers(given: EcsAnswer['headers'], text: string) {
  return { ...given, 'content-length': Buffer.byteLength(text) };
}

function half(text: string): string {
  return text.slice(0, Math.floor(text.length / 2));
}

function proxyPage(status: number): EcsAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    text: `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`,
  };
}
