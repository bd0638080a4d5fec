import type { Level, NamedInstance, Verdict } from '../verdict.ts';

/** Is anything wrong, in one language: what both pages for people say first. */
export interface VerdictWords {
  readonly levels: Readonly<Record<Level, string>>;
  readonly verdict: (verdict: Verdict, say: Speech) => Sentence;
  /** `⚠ 3 stopped`, in the tab; empty: all is well. */
  readonly tab: (verdict: Verdict) => string;

  /** A channel by its name, or by that of its kind. */
  readonly channel: (name: string) => string;
  /** `12 s`, `3 min`, `2 h 5 min`, `3 d` */
  readonly duration: (ms: number) => string;
  readonly ago: (ms: number) => string;
}

/** What the sentences need of times and durations, and how they show what can be looked at. */
export interface Speech {
  readonly nowMs: number;
  readonly duration: (ms: number) => string;
  readonly time: (ms: number) => string;
  /** The name of an instance. */
  readonly instance: (instance: NamedInstance) => string;
  /** `1 more`: instances of which only the number is given. */
  readonly others: (text: string) => string;
}

export interface Sentence {
  /** What is wrong, in one sentence. */
  readonly text: string;
  /** What it means, or what to do; empty: nothing. */
  readonly advice: string;
}
