/**
 * Which of these media types a client accepts most; undefined: none of them, or no preference. The
 * first one counts where several are accepted alike. Source: RFC 9110, section 12.5.1.
 */
export function preferredType<T extends string>(
  accept: string,
  names: readonly T[],
  mediaTypes: Readonly<Record<T, string>>,
): T | undefined {
  const ranges = rangesIn(accept);
  const qualityOf = (mediaType: string): number =>
    ranges.find(({ name }) => name === withoutParameters(mediaType))?.quality ?? 0;
  const [best] = names
    .map((name) => ({ name, quality: qualityOf(mediaTypes[name]) }))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  return best?.name;
}

/** Whether a client takes this media type at all. The most specific range that names it decides. */
export function isAcceptable(accept: string, mediaType: string): boolean {
  if (accept.trim() === '') return true;
  const name = withoutParameters(mediaType);
  const ranges = rangesIn(accept);
  const [decisive] = [name, name.replace(/\/.*/u, '/*'), '*/*'].flatMap((range) =>
    ranges.filter((one) => one.name === range).sort((one, other) => other.quality - one.quality),
  );
  return decisive !== undefined && decisive.quality > 0;
}

/**
 * The first of the languages that a reader prefers among these; the first one, if it is none of them.
 * `zh-CN` and `zh-TW` are both `zh`. Source: RFC 9110, section 12.5.4.
 */
export function preferredLanguage<T extends string>(
  accept: string,
  languages: readonly [T, ...T[]],
): T {
  const [best] = rangesIn(accept)
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .flatMap(({ name }) => languages.filter((language) => name.split('-')[0] === language));
  return best ?? languages[0];
}

interface MediaRange {
  readonly name: string;
  readonly quality: number;
}

function rangesIn(accept: string): readonly MediaRange[] {
  return accept
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
      const quality = parameters.find((part) => part.startsWith('q='))?.slice('q='.length) ?? '1';
      return { name, quality: Number(quality) || 0 };
    });
}

/** `text/csv; charset=utf-8` → `text/csv` */
export function withoutParameters(mediaType: string): string {
  return mediaType.split(';')[0] ?? mediaType;
}
