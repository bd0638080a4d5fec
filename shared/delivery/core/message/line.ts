/** One piece of news as a chat shows it. */
export interface Line {
  /** One character that is recognised at a glance. */
  readonly symbol: string;
  /** The instance's name (untrusted, already harmless) or its id; empty for a notice. */
  readonly name: string;
  /** What happened: `stopped (was running for 3 days)`, or the notice's sentences. */
  readonly text: string;
  /** Where and when, addresses, tags and the id; empty for the totals. */
  readonly context: string;
  /** Of the product's own making: they need no escapes but those of the markup. */
  readonly links: readonly Link[];
}

export interface Link {
  readonly label: string;
  readonly url: string;
}
