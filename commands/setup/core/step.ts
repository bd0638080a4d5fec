import type { Call } from './call.ts';

export type StepState =
  | 'exists'
  | 'missing'
  /** The calls of the step make it as it should be. */
  | 'differs'
  /** It differs, and setup has not made it: changing it needs a word of the user. */
  | 'foreign'
  /** No call makes it right; the words say what does. */
  | 'wrong'
  | 'unread'
  /** It can be read once another step is done. */
  | 'hidden';

/** One thing that an environment needs, and what is to be done about it. */
export interface Step {
  readonly what: string;
  readonly state: StepState;
  /** What is the matter, and what to do where the step itself does nothing. */
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  /** Other steps, by `what`, that must have succeeded before. */
  readonly needs: readonly string[];
}

/** States that leave the environment unusable, and that a run without problems does not have. */
export function isProblem({ state }: Step): boolean {
  return ['foreign', 'wrong', 'unread'].includes(state);
}
