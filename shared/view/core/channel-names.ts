import type { ChannelNames } from '../../core/wording.ts';

/**
 * `npm run build` puts them here, and into the page: neither holds the code of the kinds, which sends.
 * Outside of a bundle there are none, and a channel is called as its kind.
 */
declare const EMBEDDED_CHANNEL_NAMES: ChannelNames | undefined;

export const CHANNEL_NAMES: ChannelNames =
  typeof EMBEDDED_CHANNEL_NAMES === 'undefined' ? {} : EMBEDDED_CHANNEL_NAMES;
