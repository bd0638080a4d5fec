import { CHANNEL_NAMES } from '../channels/index.ts';
import type { Target } from '../core/target.ts';
import { LANGUAGES, type Wording } from '../core/wording.ts';
import { addressShape, type Shape } from '../lib/shape.ts';
import { isLocalCloud } from './addresses.ts';
import type { VariableReader } from './reader.ts';

const [DEFAULT_LANGUAGE] = LANGUAGES;
const LANGUAGE: Shape = {
  allows: (value) => LANGUAGES.some((language) => language === value),
  words: LANGUAGES.join(' or '),
};

const DEFAULT_TIME_ZONE = 'UTC';
/** Later runtimes also take offsets: with one, the times of half a year would be wrong. */
const OFFSET = /^[+-]/u;
export const TIME_ZONE: Shape = {
  allows: (value) => !OFFSET.test(value) && isTimeZone(value),
  words: 'an IANA time zone such as Asia/Shanghai',
};

/** What would end a link in the markup of a chat. */
const MARKUP = /[()<>[\]|"'`*\s]/u;
/** Links are made of it: what belongs to one page only has no place in it. */
const VIEW_ADDRESS = addressShape(
  ({ protocol, username, search, hash, href }) =>
    /^https?:$/u.test(protocol) && username + search + hash === '' && !MARKUP.test(href),
  "the view's http or https address, without a query or brackets",
);

/**
 * The words, times and links of messages about what these targets hold. `ecsEndpoint`: where they are
 * asked for; undefined: at Alibaba Cloud.
 */
export function configuredWording(
  read: VariableReader,
  targets: readonly Target[],
  ecsEndpoint?: string,
): Wording {
  const language = read.text('WATCH_LANGUAGE', LANGUAGE);
  const viewUrl = read.text('VIEW_URL', VIEW_ADDRESS);
  return {
    language: LANGUAGES.find((known) => known === language) ?? DEFAULT_LANGUAGE,
    timeZone: read.text('WATCH_TIME_ZONE', TIME_ZONE) ?? DEFAULT_TIME_ZONE,
    ...(viewUrl !== undefined && { viewUrl }),
    ...(isLocalCloud(ecsEndpoint) && { withoutConsole: true }),
    channelNames: CHANNEL_NAMES,
    accounts: new Set(targets.map(({ account }) => account)).size,
  };
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
