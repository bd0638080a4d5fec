import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { cleanName, cleanText, counted } from '../../shared/core/text.ts';
import { textOf } from '../helpers/documents.ts';

/** Controls, formats, halves of characters, line and paragraph separators. */
const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const hostile = fc.constantFrom(
  '\n',
  '\r\n',
  '\u0000',
  '\u001b[31m',
  '\u0085',
  '\u00ad',
  '\u200b',
  '\u200d',
  '\u202e',
  '\u2028',
  '\u2066',
  '\ufeff',
  '\ud83d',
  '\udc00',
  'e\u0301',
  '支付网关',
  '🟢',
  ' ',
);
const text = fc
  .array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 30 })
  .map((pieces) => pieces.join(''));

describe('text from outside', () => {
  it('is shown as it is when there is nothing wrong with it', () => {
    expect(cleanText('支付网关-01 (prod)')).toBe('支付网关-01 (prod)');
  });

  it.each([
    ['forges a line', 'web\n- 🔴 db Stopped', 'web - 🔴 db Stopped'],
    ['forges a line with an exotic separator', 'web\u2028db', 'web db'],
    ['writes backwards', 'web\u202egnp.exe', 'web gnp.exe'],
    ['hides characters of no width', 'pa\u200by\u2060ment', 'pa y ment'],
    ['colours a terminal', '\u001b[31mred', '[31mred'],
    ['ends in half a character', 'web\ud83d', 'web'],
    ['is only white space', ' \t\u3000 ', ''],
  ])('that %s is made harmless', (_what, before, after) => {
    expect(cleanText(before)).toBe(after);
  });

  it('spells a composed character one way only', () => {
    expect(cleanText('cafe\u0301')).toBe('caf\u00e9');
  });

  it('is cut between characters, and says that it was', () => {
    expect(cleanText('🟢'.repeat(65))).toBe(`${'🟢'.repeat(63)}…`);
    expect(cleanText('🟢'.repeat(64))).toBe('🟢'.repeat(64));
    expect(cleanText('abcdef', 4)).toBe('abc…');
    expect(cleanText('🇨🇳🇨🇳🇨🇳', 4)).toBe('🇨🇳…');
    expect(cleanText('a\u0301\u0323\u0302b', 3)).toBe('…');
  });

  it('never acts, whatever it is', () => {
    fc.assert(
      fc.property(text, (name) => {
        expect(cleanText(name)).not.toMatch(ACTING);
      }),
    );
  });

  it('is never longer than allowed, in characters', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (name, maxLength) => {
        expect([...cleanText(name, maxLength)].length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });

  it('is one line without white space around it or in a row', () => {
    fc.assert(
      fc.property(text, (name) => {
        expect(cleanText(name)).not.toMatch(/^\s|\s$|\s\s|[^\S ]/u);
      }),
    );
  });

  it('stays as it is when it is cleaned again', () => {
    fc.assert(
      fc.property(text, (name) => {
        expect(cleanText(cleanText(name))).toBe(cleanText(name));
      }),
    );
  });

  it.each([
    ['U+3164, which looks like nothing', '\u3164'],
    ['U+034F, which has no width', 'web\u034f'],
    ['U+115F, which looks like nothing', 'web\u115f1'],
  ])('that holds %s shows none of it', (_what, name) => {
    expect(cleanText(name)).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
  });
});

describe('a name in a chat', () => {
  it('has none of the symbols that messages have', () => {
    const folder = 'shared/delivery/core/message';
    const sources = [
      ...readdirSync(folder).map((file) => `${folder}/${file}`),
      'shared/core/notice-text.ts',
    ];
    const symbols = sources.flatMap((file) => textOf(file).match(/(?!\d)\p{Emoji}/gu) ?? []);

    expect(new Set(symbols).size).toBeGreaterThan(9);
    expect(symbols.filter((symbol) => cleanName(symbol) !== '-' && !'*#'.includes(symbol))).toEqual(
      [],
    );
  });

  it.each([
    ['支付网关-01 (prod) 🚀', '支付网关-01 (prod) 🚀'],
    ['a:b/c', 'a:b/c'],
    ['https://evil.example', 'https：//evil.example'],
    ['javascript:// x', 'javascript：// x'],
    ['WWW.evil.example', 'WWW．evil.example'],
    [':\u200b//evil', ': //evil'],
    ['db-1 Running → Stopped', 'db-1 Running - Stopped'],
    ['🔴 db ⚠️', '- db -'],
    ['db 🔀 in place of ops', 'db - in place of ops'],
    ['⏰ db', '- db'],
    ['web · ✅ db · 2 running', 'web - - db - 2 running'],
    ['col·lecció', 'col·lecció'],
  ])('%j is shown as %j', (before, after) => {
    expect(cleanName(before)).toBe(after);
  });

  it('makes no link and no news, whatever it is', () => {
    const piece = fc.constantFrom(':', '//', '://', ' → ', '➜', '🔴', '\u200d', 'www.', 'web');
    const names = fc.array(fc.oneof(piece, text), { maxLength: 20 });
    fc.assert(
      fc.property(names, (pieces) => {
        const shown = cleanName(pieces.join(''));
        expect(shown).not.toMatch(/:\/\/|\bwww\.|[→➜🔴]/iu);
        expect(cleanName(shown)).toBe(shown);
      }),
    );
  });
});

it.each([
  [0, '0 commits'],
  [1, '1 commit'],
  [2, '2 commits'],
])('%d is counted in words', (count, expected) => {
  expect(counted(count, 'commit')).toBe(expected);
});
