/** Messages of a channel that its fallback was sent while the channel failed. */
export interface SentInstead {
  /** The fallback; of several, the last one. */
  readonly channel: string;
  readonly messages: number;
  /** The first and the last of them. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The line about it may have arrived. */
  readonly isMaybeSaid?: true;
}
