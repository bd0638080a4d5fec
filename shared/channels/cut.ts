const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

const ELLIPSIS = '…';

/**
 * Text that fits, with an ellipsis for what is left out. `sizeOf` measures in the receiver's own
 * unit. The cut is never inside what a person sees as one character.
 */
export function cut(text: string, maxSize: number, sizeOf: (text: string) => number): string {
  if (sizeOf(text) <= maxSize) return text;
  let room = maxSize - sizeOf(ELLIPSIS);
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    room -= sizeOf(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept}${ELLIPSIS}`;
}
