import { once } from 'node:events';
import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { USER_AGENT } from '../../shared/lib/user-agent.ts';
import { reasonFor } from '../reach.ts';
import type { ReadToken } from './flags.ts';

/** Why the view gave no answer, in a sentence. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
}

interface Asked {
  readonly method?: string;
  readonly headers?: IncomingHttpHeaders;
  /** Gives the answer up. */
  readonly signal?: AbortSignal;
}

/** The deployed view. */
export interface Upstream {
  /** The answer, once its headers are there. @throws {UpstreamError} */
  ask(path: string, asked?: Asked): Promise<IncomingMessage>;
  close(): void;
}

/** A view answers within seconds. The page waits a little longer, so that it gets to read why. */
const SILENCE_MS = 25_000;

/** What a browser's request passes on to the view; cookies of other programs on this machine are not. */
const FORWARDED = ['accept', 'accept-encoding', 'accept-language', 'if-none-match'] as const;

export function upstreamOf(
  view: URL,
  readToken: ReadToken,
  silenceMs: number = SILENCE_MS,
): Upstream {
  const isHttps = view.protocol === 'https:';
  const agent = new (isHttps ? HttpsAgent : HttpAgent)({ keepAlive: true });
  const start = isHttps ? requestHttps : requestHttp;

  async function askOnce(
    url: URL,
    asked: Asked,
    token: string | undefined,
    connection: typeof agent | false = agent,
  ): Promise<IncomingMessage> {
    const { method = 'GET', headers = {}, signal } = asked;
    const own = {
      'user-agent': USER_AGENT,
      // The refusal of a script makes no browser ask for a password.
      'x-requested-with': 'ecs-watch',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const forwarded = FORWARDED.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const request = start(url, {
      method,
      agent: connection,
      headers: { ...Object.fromEntries(forwarded), ...own },
      ...(signal !== undefined && { signal }),
    });
    request.setTimeout(silenceMs, () =>
      request.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })),
    );
    request.end();
    try {
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      return answer;
    } catch (error) {
      throw Object.assign(error as NodeJS.ErrnoException, { isStale: request.reusedSocket });
    }
  }

  return {
    async ask(path, asked = {}) {
      const url = new URL(path, view);
      const token = await readToken().catch((cause: Error) => {
        throw new UpstreamError(cause.message, { cause });
      });
      const answer = await askOnce(url, asked, token)
        // The view has closed a connection that was kept: that says nothing about the view.
        .catch((error) => {
          if (error.isStale && error.code === 'ECONNRESET')
            return askOnce(url, asked, token, false);
          throw error;
        })
        .catch((cause: NodeJS.ErrnoException) => {
          const reason = reasonFor(cause.code ?? cause.message);
          throw new UpstreamError(`${view.host} ${reason}`, { cause });
        });
      const { statusCode = 0, headers } = answer;
      if (statusCode >= 300 && statusCode !== 304 && statusCode < 400) {
        answer.destroy();
        throw new UpstreamError(`${view.host} leads to another address: ${headers.location}`);
      }
      return answer;
    },
    close: () => agent.destroy(),
  };
}
