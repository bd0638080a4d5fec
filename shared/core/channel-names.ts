import { own } from './own.ts';
import { cleanText } from './text.ts';
import type { ChannelNames, Language } from './wording.ts';

/**
 * A channel as texts in a language call it. One that variables configure has the name of its kind, for
 * which `names` may have another; a name that a user has chosen stays as it is.
 */
export function channelIn(language: Language, name: string, names: ChannelNames): string {
  return own(own(names, name) ?? {}, language) ?? cleanText(name);
}
