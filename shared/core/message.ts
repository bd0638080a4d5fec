import type { Commit } from './model.ts';

/** What a channel is given to send. */
export interface Message {
  /** The commits to tell, oldest first in each scope. */
  readonly commits: readonly Commit[];
  /** Which part of its one commit this is; always 0 of 1 in a digest. */
  readonly part: Part;
  /** An earlier attempt may have arrived: its answer was lost. */
  readonly isRepeat: boolean;
  readonly withoutUserText: boolean;
}

export interface Part {
  readonly index: number;
  readonly count: number;
  /** The place of this part's first change among all changes of its commit. */
  readonly firstChange: number;
}

/** What became of one attempt. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** `lost`: no answer came, so the message may have arrived. */
  | { readonly kind: 'retry'; readonly reason: string; readonly lost: boolean }
  | { readonly kind: 'throttled'; readonly reason: string; readonly untilMs: number }
  /** The receiver will not have this message (`payload`), or any until somebody acts. */
  | {
      readonly kind: 'rejected';
      readonly reason: string;
      readonly cause: 'payload' | 'config' | 'dead';
    };
