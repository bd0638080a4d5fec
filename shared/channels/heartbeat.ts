import { isSuccess } from './outcome.ts';
import { POST_TIMEOUT_MS, PostError, post } from './post.ts';

/** Pings a dead man's switch after a good tick. The switch raises an alarm when the pings stop. */
export function heartbeat(
  url: string,
  allowPrivate: boolean,
): (timeoutMs: number) => Promise<void> {
  return async (timeoutMs) => {
    const { status } = await post({
      url,
      headers: {},
      body: '',
      allowPrivate,
      timeoutMs: Math.min(timeoutMs, POST_TIMEOUT_MS),
    });
    if (!isSuccess(status)) throw new PostError(`HTTP ${status}`, true);
  };
}
