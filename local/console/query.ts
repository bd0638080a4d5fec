import { CHANNELS, type ChannelName } from '../channels/index.ts';
import { type Language, languageFor } from '../languages.ts';

/** What a reader wants to see. All of it is in the address, which survives a reload. */
export interface Query {
  readonly language: Language;
  readonly search: string;
  /** Only messages of this receiver; null: of all. */
  readonly channel: ChannelName | null;
}

export function readQuery(parameters: URLSearchParams, acceptLanguage: string | undefined): Query {
  const channel = parameters.get('channel');
  return {
    language: languageFor(parameters.get('lang'), acceptLanguage),
    search: parameters.get('search') ?? '',
    channel: CHANNELS.find((name) => name === channel) ?? null,
  };
}
