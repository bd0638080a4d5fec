/** How messages are worded: the same for all channels of a watcher. */
export interface Wording {
  readonly language: Language;
  /** IANA name of the time zone in which messages give times. */
  readonly timeZone: string;
  /** The view's address, for links. */
  readonly viewUrl?: string;
  /** What is watched is a local cloud: no page of the ECS console shows its instances. */
  readonly withoutConsole?: true;
  /** How many accounts are watched: the only one need not be named. */
  readonly accounts: number;
}

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
