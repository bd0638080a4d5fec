import type { Answer, Connection } from './connection.ts';

/** What one run of a load took. */
export interface Run {
  readonly seconds: number;
  /** The answers to the first request and to every hundredth, by the place of the request. */
  readonly sample: ReadonlyMap<number, Answer>;
  /** How much of the time the load itself was computing: near 1, the load would measure itself. */
  readonly busyShare: number;
}

const SAMPLE_EVERY = 100;

/** Sends every request once, each connection one at a time. @throws {Error} for an answer that is no success. */
export async function run(
  connections: readonly Connection[],
  requests: readonly Buffer[],
): Promise<Run> {
  const sample = new Map<number, Answer>();
  let next = 0;
  const sendInTurn = async (connection: Connection): Promise<void> => {
    while (next < requests.length) {
      const place = next;
      next += 1;
      const answer = succeeded(await connection.send(requests[place] as Buffer));
      if (place % SAMPLE_EVERY === 0) sample.set(place, answer);
    }
  };
  const { seconds, busyShare } = await timed(() => Promise.all(connections.map(sendInTurn)));
  return { seconds, sample, busyShare };
}

export function succeeded(answer: Answer): Answer {
  if (answer.status === 200) return answer;
  throw new Error(`status ${answer.status}: ${answer.body}`);
}

export async function timed<T>(
  task: () => Promise<T>,
): Promise<{ readonly result: T } & Pick<Run, 'seconds' | 'busyShare'>> {
  const busyBefore = process.cpuUsage();
  const startMs = performance.now();
  const result = await task();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(busyBefore);
  return { result, seconds, busyShare: (user + system) / 1e6 / seconds };
}
