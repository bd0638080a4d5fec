import type { ServerResponse } from 'node:http';
import type { Random } from '../../random.ts';
import type { Answer } from '../answer.ts';
import type { EcsFault } from './fault.ts';

/**
 * Sends an answer over a wire that has the faults which struck the call. `arrivedMs` is when the
 * call came in, by `performance.now()`.
 */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  struck: readonly EcsFault[],
  random: Random,
  arrivedMs: number,
): Promise<void> {
  const delayMs = struck.reduce((sum, fault) => sum + latencyMs(fault, random), 0);
  if (delayMs > 0) await waitUntil(arrivedMs + delayMs, response);
  if (response.destroyed) return;
  const [fault] = struck.filter(({ kind }) => kind in ON_THE_WIRE);
  if (fault === undefined) send(response, answer);
  else ON_THE_WIRE[fault.kind]?.(response, answer, fault);
}

const ON_THE_WIRE: Partial<
  Record<EcsFault['kind'], (response: ServerResponse, answer: Answer, fault: EcsFault) => void>
> = {
  reset,
  'lost-answer': reset,
  'cut-answer'(response, answer) {
    response.writeHead(answer.status, headers(answer.headers, answer.text));
    response.write(half(answer.text), () => reset(response));
  },
  'no-body': (response, answer) => send(response, { ...answer, status: 200, text: '' }),
  'half-body': (response, answer) => send(response, { ...answer, text: half(answer.text) }),
  'html-error'(response, _answer, fault) {
    if (fault.kind === 'html-error') send(response, proxyPage(fault.status));
  },
};

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headers(answer.headers, answer.text)).end(answer.text);
}

/** A TCP reset: the client reads ECONNRESET, not a polite end. */
function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function headers(given: Answer['headers'], text: string) {
  return { ...given, 'content-length': Buffer.byteLength(text) };
}

function half(text: string): string {
  return text.slice(0, Math.floor(text.length / 2));
}

function proxyPage(status: number): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    text: `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`,
  };
}

function latencyMs(fault: EcsFault, random: Random): number {
  if (fault.kind !== 'latency') return 0;
  return fault.ms + random.next() * (fault.jitterMs ?? 0);
}

/** Waits until `performance.now()` says so, but not longer than the client does. */
function waitUntil(leavesMs: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let turn: NodeJS.Immediate | undefined;
    const done = (): void => {
      clearTimeout(timer);
      clearImmediate(turn);
      response.off('close', done);
      resolve();
    };
    const waitOn = (): void => {
      const leftMs = leavesMs - performance.now();
      if (leftMs <= 0) done();
      // A timer counts whole milliseconds and may be one late; the rest passes in turns of the loop.
      else if (leftMs > TIMER_STEP_MS) timer = setTimeout(waitOn, leftMs - TIMER_STEP_MS);
      else turn = setImmediate(waitOn);
    };
    response.once('close', done);
    waitOn();
  });
}

const TIMER_STEP_MS = 1;
