import fc from 'fast-check';
import type { Hold } from '../../../shared/core/health.ts';
import type { SecondOpinion } from '../../../shared/core/second-opinion.ts';
import {
  GUARD_LIMITS,
  type GuardLimits,
  judgeReleases,
  type Verdict,
  wouldTrip,
} from '../../../shared/watch/core/guard.ts';
import { MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';

describe('the mass-vanish guard', () => {
  it.each([
    { known: 0, gone: 0, trips: false, because: 'no instance is missing' },
    { known: 100, gone: 0, trips: false, because: 'no instance is missing' },
    { known: 1, gone: 1, trips: true, because: 'all of the fleet is missing' },
    { known: 9, gone: 9, trips: true, because: 'all of the fleet is missing' },
    { known: 9, gone: 8, trips: false, because: 'eight are few' },
    { known: 12, gone: 9, trips: false, because: 'nine are few, though most of the fleet' },
    { known: 12, gone: 10, trips: true, because: 'ten are many, and most of the fleet' },
    { known: 33, gone: 10, trips: true, because: 'ten are many, and over 30 percent' },
    { known: 34, gone: 10, trips: false, because: 'ten are less than 30 percent' },
    { known: 100, gone: 29, trips: false, because: '29 are less than 30 percent' },
    { known: 100, gone: 30, trips: true, because: '30 are 30 percent' },
    { known: 10_000, gone: 2_999, trips: false, because: '2,999 are less than 30 percent' },
    { known: 10_000, gone: 3_000, trips: true, because: '3,000 are 30 percent' },
  ])('with $gone of $known missing trips: $trips, because $because', ({ known, gone, trips }) => {
    expect(wouldTrip(known, gone, GUARD_LIMITS)).toBe(trips);
  });

  it('believes at once what does not trip it', () => {
    const verdict = judge({
      known: 100,
      gone: 5,
      held: null,
      opinion: 'unknown',
      nowMs: NOW_MS,
    });

    expect(verdict).toEqual({ kind: 'believe', notices: [] });
  });

  it('holds a mass release, says so the first time, and remembers since when', () => {
    const seen = { known: 100, gone: 60, opinion: 'agrees', nowMs: NOW_MS } as const;

    const first = judge({ ...seen, held: null });
    const second = judge({ ...seen, held: holdOf(first), nowMs: NOW_MS + MINUTE_MS });

    expect(first).toEqual({
      kind: 'hold',
      notices: [{ kind: 'suspicious-scan', missing: 60, known: 100 }],
      hold: { missing: 60, scans: 1, sinceMs: NOW_MS, countedSinceMs: NOW_MS },
    });
    expect(second).toEqual({
      kind: 'hold',
      notices: [],
      hold: { missing: 60, scans: 2, sinceMs: NOW_MS, countedSinceMs: NOW_MS },
    });
  });

  it('says how many held instances are back, when fewer are missing than were held', () => {
    const held = { missing: 60, scans: 1, sinceMs: NOW_MS };
    const seen = { known: 100, held, opinion: 'unknown', nowMs: NOW_MS + MINUTE_MS } as const;

    expect(judge({ ...seen, gone: 2 })).toEqual({
      kind: 'believe',
      notices: [{ kind: 'suspicion-lifted', missing: 58 }],
    });
  });

  it('believes a mass release after three scans that agree', () => {
    expect(kinds(Array.from({ length: 3 }, () => 'agrees'))).toEqual(['hold', 'hold', 'believe']);
  });

  it('counts no missing second opinion, and believes the release once enough have agreed', () => {
    const opinions: SecondOpinion[] = [
      'unknown',
      'agrees',
      'unknown',
      'agrees',
      'unknown',
      'agrees',
    ];

    expect(kinds(opinions)).toEqual(['hold', 'hold', 'hold', 'hold', 'hold', 'believe']);
  });

  it.each(['contradicts', 'refuses'] as const)(
    'starts from the beginning when one %s',
    (objection) => {
      const opinions: SecondOpinion[] = [
        'agrees',
        'agrees',
        objection,
        'agrees',
        'agrees',
        'agrees',
      ];

      expect(kinds(opinions)).toEqual(['hold', 'hold', 'hold', 'hold', 'hold', 'believe']);
    },
  );

  it('does not count scans that nothing vouches for', () => {
    const held = { missing: 60, scans: 1, sinceMs: NOW_MS };
    const seen = { known: 100, gone: 60, held, opinion: 'agrees', nowMs: NOW_MS } as const;

    expect(holdOf(judge({ ...seen, vouched: false }))).toMatchObject(held);
    expect(holdOf(judge({ ...seen, vouched: true }))).toMatchObject({ ...held, scans: 2 });
  });

  it('never believes a mass release before enough scans, nor while the second opinion differs', () => {
    const limits = fc.record({
      count: fc.integer({ min: 1, max: 50 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      scans: fc.integer({ min: 1, max: 6 }),
    });
    const opinions = fc.array(
      fc.constantFrom<SecondOpinion>('agrees', 'contradicts', 'refuses', 'unknown'),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(limits, opinions, fc.integer({ min: 100, max: 1_000 }), (own, asked, known) => {
        const verdicts = kinds(asked, { known, limits: own });
        fc.pre(wouldTrip(known, partOf(known), own));

        let agreed = 0;
        const believedAt = asked.findIndex((opinion) => {
          if (opinion === 'contradicts' || opinion === 'refuses') agreed = 0;
          if (opinion === 'agrees') agreed += 1;
          return opinion === 'agrees' && agreed >= own.scans;
        });
        const holds = believedAt < 0 ? asked.length : believedAt;
        expect(verdicts.slice(0, holds)).toEqual(Array.from({ length: holds }, () => 'hold'));
        if (believedAt >= 0) expect(verdicts[believedAt]).toBe('believe');
      }),
    );
  });

  it('does not believe on its first sight a release larger than the one it held', () => {
    const held = { missing: 30, scans: GUARD_LIMITS.scans - 1, sinceMs: NOW_MS };

    const verdict = judge({
      known: 100,
      gone: 100,
      held,
      opinion: 'agrees',
      nowMs: NOW_MS + 2 * MINUTE_MS,
    });

    expect(verdict.kind).toBe('hold');
  });
});

describe('a release of nearly the whole fleet', () => {
  it.each([
    { gone: 89, because: 'is less than 90 percent', believedAt: 3 },
    { gone: 90, because: 'is 90 percent', believedAt: 11 },
    { gone: 100, because: 'is all', believedAt: 11 },
  ])('of $gone in 100, which $because, is believed at scan $believedAt', ({ gone, believedAt }) => {
    const verdicts = kinds(agreeing(12), { gone });

    expect(verdicts.indexOf('believe')).toBe(believedAt - 1);
  });

  it('needs five scans, however long they take', () => {
    expect(kinds(agreeing(5), { gone: 100, gapMs: 30 * MINUTE_MS })).toEqual([
      ...['hold', 'hold', 'hold', 'hold'],
      'believe',
    ]);
  });

  it('needs as many scans as are configured, if those are more', () => {
    const limits = { ...GUARD_LIMITS, scans: 7 };
    const verdicts = kinds(agreeing(8), { gone: 100, gapMs: 30 * MINUTE_MS, limits });

    expect(verdicts.indexOf('believe')).toBe(6);
  });

  it('counts its ten minutes from the first scan after a contradiction', () => {
    const opinions = [...agreeing(4), 'contradicts' as const, ...agreeing(11)];

    expect(kinds(opinions, { gone: 100 }).indexOf('believe')).toBe(15);
  });

  it('does not count a scan without the proof that the account may look', () => {
    const opinions = [...agreeing(4), ...Array.from({ length: 9 }, () => 'unproven' as const)];

    expect(kinds([...opinions, 'agrees'], { gone: 100 })).toEqual([
      ...Array.from({ length: 13 }, () => 'hold'),
      'believe',
    ]);
  });

  it('waits for no time that a wrong clock has written', () => {
    const ahead = NOW_MS + 60 * MINUTE_MS;
    const held = { missing: 100, scans: 4, sinceMs: ahead, countedSinceMs: ahead };

    const verdict = judge({ known: 100, gone: 100, held, opinion: 'agrees', nowMs: NOW_MS });

    expect(holdOf(verdict)).toMatchObject({ scans: 5, countedSinceMs: NOW_MS });
  });

  it('counts the time of a hold of an older version from now on', () => {
    const held = { missing: 100, scans: 9, sinceMs: NOW_MS - 60 * MINUTE_MS };

    const verdict = judge({ known: 100, gone: 100, held, opinion: 'agrees', nowMs: NOW_MS });

    expect(holdOf(verdict)).toMatchObject({ scans: 10, countedSinceMs: NOW_MS });
  });
});

function agreeing(count: number): readonly SecondOpinion[] {
  return Array.from({ length: count }, () => 'agrees');
}

/** A large part of a fleet, but not nearly all of it. */
function partOf(known: number): number {
  return Math.floor(known * 0.8);
}

/** The verdicts on instances that stay away, one scan after the other, a minute apart. */
function kinds(
  opinions: readonly SecondOpinion[],
  {
    known = 100,
    gone = partOf(known),
    gapMs = MINUTE_MS,
    limits = GUARD_LIMITS,
  }: Partial<Record<'known' | 'gone' | 'gapMs', number>> & { readonly limits?: GuardLimits } = {},
): readonly Verdict['kind'][] {
  let held: Hold | null = null;
  return opinions.map((opinion, index) => {
    const nowMs = NOW_MS + index * gapMs;
    const verdict = judge({ known, gone, held, opinion, nowMs }, limits);
    held = holdOf(verdict);
    return verdict.kind;
  });
}

function holdOf(verdict: Verdict): Hold | null {
  return verdict.kind === 'hold' ? verdict.hold : null;
}

/** Of a scan that counts and with the usual limits, unless the test says otherwise. */
function judge(
  vanished: Omit<Parameters<typeof judgeReleases>[0], 'vouched'> & { readonly vouched?: boolean },
  limits: GuardLimits = GUARD_LIMITS,
): Verdict {
  return judgeReleases({ vouched: true, ...vanished }, limits);
}
