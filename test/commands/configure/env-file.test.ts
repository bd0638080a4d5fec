import fc from 'fast-check';
import { withValues } from '../../../commands/configure/core/env-file.ts';
import { parseDotEnv } from '../../../commands/dot-env.ts';

const TEXT = `# Of the shop
WATCH_REGIONS=cn-hangzhou

export SLACK_WEBHOOK='https://hooks.slack.com/services/T/B/x'  # the team's
VIEW_TOKEN=old
`;

describe('a .env with other values', () => {
  it('keeps places, comments and everything that was not changed', () => {
    const changes = new Map([
      ['WATCH_REGIONS', 'cn-shanghai'],
      ['DINGTALK_SECRET', 'SEC#1'],
      ['VIEW_TOKEN', null],
    ]);

    expect(withValues(TEXT, changes)).toBe(`# Of the shop
WATCH_REGIONS=cn-shanghai

export SLACK_WEBHOOK='https://hooks.slack.com/services/T/B/x'  # the team's
DINGTALK_SECRET='SEC#1'
`);
  });

  it('is read back as it was meant, whatever the values, or is refused', () => {
    const name = fc.constantFrom('WATCH_REGIONS', 'SLACK_WEBHOOK', 'A_B', 'Z9');
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'#\'"`$ \\=n\t') }),
    );
    let stored = 0;
    fc.assert(
      fc.property(fc.dictionary(name, value), (wanted) => {
        const changes = new Map(Object.entries(wanted));
        let text: string;
        try {
          text = withValues(TEXT, changes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        stored += changes.size;
        const { values, problems } = parseDotEnv(text, '.env');
        expect(problems).toEqual([]);
        expect(values).toMatchObject(wanted);
        expect(withValues(text, changes)).toBe(text);
      }),
      { numRuns: 500, seed: 7, endOnFailure: true },
    );
    expect(stored).toBeGreaterThan(300);
  });
});
