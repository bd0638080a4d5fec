import type { Outcome } from '../core/message.ts';
import { outcomeOfFailure } from './outcome.ts';
import { type Answer, post } from './post.ts';

export interface JsonPost {
  readonly url: string;
  readonly message: object;
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
}

/** One attempt with JSON; `judge` says what the answer means. Nothing that a receiver does makes this throw. */
export function postJson(request: JsonPost, judge: (answer: Answer) => Outcome): Promise<Outcome> {
  return judgedPost(request, judge, (outcome) => outcome);
}

/** The same for those who judge more than the outcome; `unanswered` says it where there is no answer. */
export async function judgedPost<Judgement>(
  { message, ...rest }: JsonPost,
  judge: (answer: Answer) => Judgement,
  unanswered: (outcome: Outcome) => Judgement,
): Promise<Judgement> {
  try {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return judge(await post({ ...rest, headers, body: JSON.stringify(message) }));
  } catch (error) {
    return unanswered(outcomeOfFailure(error));
  }
}
