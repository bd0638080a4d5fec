import type { Outcome } from '../core/message.ts';
import { jsonObject } from './outcome.ts';
import type { Answer } from './post.ts';
import { type JsonPost, judgedPost } from './post-json.ts';

// What the robots of DingTalk, Feishu and WeCom have in common: they answer HTTP 200 with a code inside,
// whatever became of the message.

/** One attempt; `judge` says what the answer means. */
export function postToRobot(request: JsonPost, judge: (answer: Answer) => Judged): Promise<Judged> {
  return judgedPost(request, judge, (outcome) => ({ outcome }));
}

export interface Judged {
  readonly outcome: Outcome;
  /** The robot refuses the signature, or the time in it. */
  readonly refusesSignature?: boolean;
}

/** The least that a second attempt needs. */
const MIN_ATTEMPT_MS = 500;

/**
 * An attempt, and one more with a fresh signature if the robot refuses the first: a function that is
 * frozen between signing and sending goes on with a timestamp that is too old. Neither is shown, so
 * the second is no repeat.
 */
export async function signedAttempt(
  timeoutMs: number,
  now: () => number,
  attempt: (timeoutMs: number) => Promise<Judged>,
): Promise<Outcome> {
  const startMs = now();
  const first = await attempt(timeoutMs);
  const leftMs = timeoutMs - Math.max(0, now() - startMs);
  if (first.refusesSignature !== true || leftMs < MIN_ATTEMPT_MS) return first.outcome;
  return (await attempt(leftMs)).outcome;
}

/** The code and the text inside an answer. Without a code, it is of no robot. */
export function robotAnswer(
  body: string,
  codeName: string,
  textName: string,
): { readonly code: number | undefined; readonly text: string } {
  const answer = jsonObject(body);
  const code = answer[codeName];
  const text = answer[textName];
  return {
    code: typeof code === 'number' ? code : undefined,
    text: typeof text === 'string' ? text : '',
  };
}
