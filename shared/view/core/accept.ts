/**
 * Which of these media types a client accepts most; undefined: none of them, or no preference. The
 * first one counts where several are accepted alike. Source: RFC 9110, section 12.5.1.
 */
export function preferredType<T extends string>(
  accept: string,
  names: readonly T[],
  mediaTypes: Readonly<Record<T, string>>,
): T | undefined {
  const wanted = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()));
  const qualityOf = (mediaType: string): number => {
    const range = wanted.find(([name]) => name === mediaType.split(';')[0]);
    if (range === undefined) return 0;
    const [, quality = '1'] = (range.find((part) => part.startsWith('q=')) ?? 'q=1').split('=');
    return Number(quality) || 0;
  };
  const [best] = names
    .map((name) => ({ name, quality: qualityOf(mediaTypes[name]) }))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  return best?.name;
}
