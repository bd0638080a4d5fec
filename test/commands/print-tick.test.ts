import { printTick } from '../../commands/print-tick.ts';
import type { WatchReport } from '../../shared/watch/report.ts';

const SCOPE = {
  scope: 'main/cn-hangzhou',
  ok: true,
  healthy: true,
  instances: 60,
  pages: 3,
  calls: 4,
  throttles: 0,
  complete: true,
  clean: true,
  changes: 1,
  seq: 12,
  loadMs: 3,
  scanMs: 40,
  commitMs: 5,
};
const CHANNEL = {
  channel: 'slack',
  messages: 1,
  changes: 1,
  outcome: 'delivered',
  backlog: 0,
} as const;
const REPORT: WatchReport = {
  ok: true,
  tickId: 't',
  ms: 1_234,
  scopes: [SCOPE],
  channels: [CHANNEL],
  units: { read: 1, write: 1 },
  notes: [],
};

describe('the report of a tick for people', () => {
  it('is a line for each scope and channel, and a verdict', () => {
    const idle = { ...CHANNEL, channel: 'dingtalk', outcome: 'idle', messages: 0 } as const;

    expect(printTick({ ...REPORT, channels: [CHANNEL, idle] })).toBe(
      [
        'main/cn-hangzhou  60 instances, 1 change, 12 commits so far',
        'slack             1 message with 1 change delivered',
        'dingtalk          nothing to send',
        '',
        'Everything went well (1.2 s).',
      ].join('\n'),
    );
  });

  it('says what failed and what is still to be sent, before the verdict', () => {
    const refused = { ...SCOPE, ok: false, error: 'Forbidden.RAM: allow ecs:Describe…' };
    const other = { ...SCOPE, scope: 'main/cn-shanghai', seq: 0 };
    const late = { ...CHANNEL, outcome: 'retry', messages: 0, backlog: 2, error: 'HTTP 500' };

    const text = printTick({
      ...REPORT,
      ok: false,
      scopes: [refused, other],
      channels: [late as typeof late & { outcome: 'retry' }],
      notes: ['main/cn-shanghai: another tick holds the lease'],
    });

    expect(text.split('\n')).toEqual([
      'main/cn-hangzhou  FAILED: Forbidden.RAM: allow ecs:Describe…',
      'main/cn-shanghai  left to another tick',
      'slack             FAILED: HTTP 500, 2 commits still to send',
      'note: main/cn-shanghai: another tick holds the lease',
      '',
      'FAILED: see above (1.2 s).',
    ]);
  });

  it('says a reason once for all scopes that failed for it, whatever the ids of the requests', () => {
    const failing = (regionId: string, error: string) => ({
      ...SCOPE,
      scope: `main/${regionId}`,
      ok: false,
      error,
    });
    const scopes = [
      failing('cn-hangzhou', 'OTSServerBusy: busy (request 1-a)'),
      failing('cn-beijing', 'Forbidden.RAM: denied'),
      failing('cn-shanghai', 'OTSServerBusy: busy (request 1-b)'),
    ];

    expect(printTick({ ...REPORT, ok: false, scopes, channels: [] }).split('\n')).toEqual([
      '2 scopes FAILED: OTSServerBusy: busy',
      '  main/cn-hangzhou, main/cn-shanghai',
      'main/cn-beijing  FAILED: Forbidden.RAM: denied',
      '',
      'FAILED: see above (1.2 s).',
    ]);
  });

  it('lets nothing that another service wrote act on the terminal', () => {
    const error = 'Strange: \u001b[2J\u001b]0;title\u0007\nEverything went well';

    const text = printTick({ ...REPORT, scopes: [{ ...SCOPE, ok: false, error }] });

    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/u);
    expect(text.split('\n')[0]).toContain('FAILED: Strange');
  });
});
