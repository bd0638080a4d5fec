import { parseViewTokens } from '../../../shared/config/view-tokens.ts';
import type { WatchFile } from '../../../shared/config/watch-file.ts';

/** What the embedded file names. `npm run deploy` sets it, and compares it with what it would set. */
export const NAMES_VARIABLE = 'ECS_WATCH_HAS';

/** The channels and accounts of the file at WATCH_CONFIG, as `channel ops, account factory`. */
export function namesIn(file: WatchFile | undefined): string {
  const channels = (file?.channels ?? []).map(({ name }) => `channel ${name}`);
  const accounts = (file?.accounts ?? []).map(({ account }) => `account ${account}`);
  return [...channels, ...accounts].join(', ');
}

type Variables = Readonly<Record<string, string>>;

/** What is named within variables that stay: channels and accounts of the file, tokens of VIEW_TOKENS. */
export function goneWithin(before: Variables, after: Variables): readonly string[] {
  return [namesOfFile, namesOfTokens].flatMap((namesOf) => {
    const kept = new Set(namesOf(after));
    return namesOf(before).filter((name) => !kept.has(name));
  });
}

function namesOfFile({ [NAMES_VARIABLE]: names = '' }: Variables): readonly string[] {
  return names.split(', ').filter((name) => name !== '');
}

function namesOfTokens({ VIEW_TOKENS: text = '' }: Variables): readonly string[] {
  return parseViewTokens(text).tokens.map(({ name }) => `token ${name}`);
}
