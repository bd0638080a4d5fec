/** What became of a question to the view. */
export type Asked<T> =
  | { readonly kind: 'asking' }
  | { readonly kind: 'answer'; readonly status: number; readonly json: T }
  | { readonly kind: 'failed'; readonly error: Failure };

export interface Failure {
  /** The HTTP status; 0: no answer came. */
  readonly status: number;
  readonly message: string;
}

/** Soon enough for a reader who waits, and no burden for a view in trouble. */
const AGAIN_AFTER_MS = 5_000;
/** What the token does not show, and what is not there, is the same a moment later. */
const LASTING: ReadonlySet<number> = new Set([403, 404]);

function mayPass({ status }: Failure): boolean {
  return !LASTING.has(status);
}

/** What is shown after an answer or a failure: one that may pass does not take away what is there. */
export function shownAfter<T>(last: Asked<T>, next: Asked<T>): Asked<T> {
  const stays = last.kind === 'answer' && next.kind === 'failed' && mayPass(next.error);
  return stays ? last : next;
}

/**
 * After how long to ask again; null: not at all. `isOpen`: the answer says that there will be another
 * one soon.
 */
export function askAgainMs<T>(next: Asked<T>, isOpen: (json: T) => boolean): number | null {
  if (next.kind === 'failed') return mayPass(next.error) ? AGAIN_AFTER_MS : null;
  return next.kind === 'answer' && isOpen(next.json) ? 2 * AGAIN_AFTER_MS : null;
}
