import { isSuccess } from './outcome.ts';
import { type Method, POST_TIMEOUT_MS, PostError, post } from './post.ts';

/**
 * Pings a dead man's switch after a good tick. The switch raises an alarm when the pings stop. Some take GET only.
 * Source: louislam/uptime-kuma#1991.
 */
export function heartbeat(
  url: string,
  allowPrivate: boolean,
  method: Method = 'POST',
): (timeoutMs: number) => Promise<void> {
  return async (timeoutMs) => {
    const { status } = await post({
      url,
      method,
      headers: {},
      body: '',
      allowPrivate,
      timeoutMs: Math.min(timeoutMs, POST_TIMEOUT_MS),
    });
    if (!isSuccess(status)) throw new PostError(`HTTP ${status}`, true);
  };
}
