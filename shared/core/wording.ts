/** How messages are worded: the same for all channels of a watcher. */
export interface Wording {
  readonly language: Language;
  /** IANA name of the time zone in which messages give times. */
  readonly timeZone: string;
  /** The view's address, for links. */
  readonly viewUrl?: string;
  /** What is watched is a local cloud: no page of the ECS console shows its instances. */
  readonly withoutConsole?: true;
  readonly channelNames: ChannelNames;
  /** How many accounts are watched: the only one need not be named. */
  readonly accounts: number;
}

/** Kind → what its channel is called, in the languages that have another name for it than that of the kind. */
export type ChannelNames = Readonly<Record<string, Readonly<Partial<Record<Language, string>>>>>;

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
