import { parseJson } from '../../shared/core/json.ts';
import { messageOf } from '../../shared/ports/reason.ts';
import { reasonFor } from '../reach.ts';
import type { ViewAnswer } from './core/view.ts';
import { ASK_TIMEOUT_MS } from './looking.ts';

/** `/healthz` needs no token, and says without one whether all is well. */
export async function askView(url: string): Promise<ViewAnswer> {
  try {
    const answer = await fetch(new URL('/healthz', url), {
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
      redirect: 'manual',
    });
    return { kind: 'answered', status: answer.status, body: parseJson(await answer.text()) };
  } catch (error) {
    const { name, cause } = error as Error & { readonly cause?: { readonly code?: string } };
    const code = name === 'TimeoutError' ? 'ETIMEDOUT' : cause?.code;
    return { kind: 'failed', reason: code === undefined ? messageOf(error) : reasonFor(code) };
  }
}
