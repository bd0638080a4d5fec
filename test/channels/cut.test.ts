import fc from 'fast-check';
import { cut } from '../../shared/channels/cut.ts';

const FAMILY = '👩‍👩‍👧‍👦';
const FLAG = '🇨🇳';

it('leaves a text that fits as it is', () => {
  expect(cut('支付', 6, Buffer.byteLength)).toBe('支付');
});

it.each([
  ['characters', 'abcdef', 4, 'abc…'],
  ['a character of two halves', 'ab𠮷d', 4, 'ab…'],
  ['a family', `ab${FAMILY}cd`, 8, 'ab…'],
  ['a flag', `a${FLAG}bcd`, 5, 'a…'],
  ['a letter with an accent of its own', 'ae\u0301xyz', 3, 'a…'],
])('never cuts inside %s', (_what, text, maxLength, expected) => {
  expect(cut(text, maxLength, (part) => part.length)).toBe(expected);
});

it('fits, and is a beginning of the text that ends between two clusters', () => {
  const piece = fc.constantFrom('a', '云', '𠮷', FAMILY, FLAG, 'e\u0301', ' ', '\\', '"');
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 3, max: 80 }), (all, max) => {
      const text = all.join('');
      const shown = cut(text, max, Buffer.byteLength);

      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(max);
      if (shown === text) return;
      const kept = shown.slice(0, -1);
      const ends = [...segmenter.segment(text)].map(({ index }) => index);
      expect(text.startsWith(kept)).toBe(true);
      expect(ends).toContain(kept.length);
    }),
    { seed: 12, numRuns: 200 },
  );
});
