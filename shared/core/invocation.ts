/** What became of one synchronous invocation of a function. */
export type Invocation =
  /** The function has returned this. */
  | { readonly kind: 'answered'; readonly body: string }
  /** It ran and failed: it threw, was killed, or exited. `type`: of the error that it threw. */
  | { readonly kind: 'failed'; readonly reason: string; readonly type?: string }
  /** It did not start. `isBusy`: only because there was no room for it, so that it may start later. */
  | { readonly kind: 'unstarted'; readonly reason: string; readonly isBusy: boolean }
  /** No answer says. It may have run, and may still run. */
  | { readonly kind: 'unknown'; readonly reason: string };
