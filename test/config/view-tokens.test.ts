import fc from 'fast-check';
import { parseViewTokens, secretsInViewTokens } from '../../shared/config/view-tokens.ts';
import { callerOf } from '../../shared/fc/access.ts';

const SECRET = '0123456789abcdef';
const OTHER = 'fedcba9876543210';

describe('VIEW_TOKENS', () => {
  it.each([
    ['all', 'granted'],
    ['monitoring', { addresses: 'monitoring', accounts: new Set(), regions: new Set() }],
    [
      'account=main,shop',
      { addresses: 'all', accounts: new Set(['main', 'shop']), regions: new Set() },
    ],
    [
      'monitoring region=cn-hangzhou account=main',
      { addresses: 'monitoring', accounts: new Set(['main']), regions: new Set(['cn-hangzhou']) },
    ],
  ])('gives a token its rights: %s', (rights, access) => {
    const { tokens, problems } = parseViewTokens(`team-a ${rights} ${SECRET}`);

    expect(problems).toEqual([]);
    expect(tokens).toEqual([{ name: 'team-a', secret: SECRET, access }]);
  });

  it('lets a token write notes beside what it reads, and never by all alone', () => {
    const { tokens } = parseViewTokens(
      `a all notes ${SECRET}; b notes region=x ${OTHER}; c all ${SECRET}${OTHER}`,
    );

    expect(tokens.map(({ name, access, mayWriteNotes }) => [name, access, mayWriteNotes])).toEqual([
      ['a', 'granted', true],
      ['b', { addresses: 'all', accounts: new Set(), regions: new Set(['x']) }, true],
      ['c', 'granted', undefined],
    ]);
  });

  it('lets a token write notes in a view that all may read', () => {
    const { tokens } = parseViewTokens(`a all notes ${SECRET}; b region=x ${OTHER}`);
    const callers = [`Bearer ${SECRET}`, `Bearer ${OTHER}`, 'Bearer of-no-one', ''].map(
      (authorization) => callerOf(authorization, { tokens, isPublic: true }),
    );

    expect(callers).toEqual([
      { access: 'granted', token: 'a', author: 'a' },
      { access: 'granted' },
      { access: 'granted' },
      { access: 'granted' },
    ]);
  });

  it('holds several, parted by semicolons or line breaks, in which empty ones count for nothing', () => {
    const text = `\n a all ${SECRET} ;; b\tmonitoring   ${OTHER}\n`;

    expect(parseViewTokens(text).tokens.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(parseViewTokens(' \n; ')).toEqual({ tokens: [], problems: [] });
  });

  it.each([
    [SECRET, 'entry 1 is not a name, its rights and a token'],
    [`a ${SECRET}`, 'entry 1 is not a name, its rights and a token'],
    ['a all 15-characters--', 'entry 1 has a token that is not at least 16 characters long'],
    [`${'a'.repeat(33)} all ${SECRET}`, 'entry 1 has a name that is not'],
    // The shell has left the variable empty that was to hold the token.
    ['a monitoring account=shop-production ', 'entry 1 has no token behind its rights'],
    ['a account=shop region=cn-hangzhou,cn-beijing', 'entry 1 has no token behind its rights'],
    [`a/b all ${SECRET}`, 'entry 1 has a name that is not'],
    [`a everything ${SECRET}`, 'entry 1 has a right that is none of all, monitoring,'],
    [`a all monitoring ${SECRET}`, 'entry 1 has all beside other rights'],
    [`a region=x region=y ${SECRET}`, 'entry 1 has a right twice'],
    [`a all notes notes ${SECRET}`, 'entry 1 has a right twice'],
    [`a notes ${SECRET}`, 'entry 1 has notes without all, account=… or region=…'],
    [`a monitoring notes ${SECRET}`, 'entry 1 has notes without all, account=… or region=…'],
    ['a all notes', 'entry 1 has no token behind its rights'],
    [`a region=, ${SECRET}`, 'entry 1 has account= or region= without a value'],
    [`a all ${SECRET}; a all ${OTHER}`, 'has a name twice'],
    [`a all ${SECRET}; b monitoring ${SECRET}`, 'has a token twice'],
  ])('refuses %s', (text, problem) => {
    const { problems } = parseViewTokens(text);

    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it('names every wrong entry at once', () => {
    const { problems } = parseViewTokens(`a; b all ${SECRET}; c all short`);

    expect(problems.map((problem) => problem.slice(0, 'entry 1'.length))).toEqual([
      'entry 1',
      'entry 3',
    ]);
  });

  it('repeats no word of a wrong text, and keeps every token in it out of logs', () => {
    const word = fc.constantFrom(
      'a',
      'all',
      'monitoring',
      'region=x',
      SECRET,
      OTHER,
      ';',
      'short!',
    );

    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const text = words.join(' ');
        const { tokens, problems } = parseViewTokens(text);

        expect(problems.join()).not.toMatch(/0123|fedc|short!/u);
        expect(secretsInViewTokens(text)).toEqual(
          expect.arrayContaining([...new Set(words.filter((own) => own.length === 16))]),
        );
        expect(tokens.filter(({ secret }) => secret.length < 16)).toEqual([]);
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});
