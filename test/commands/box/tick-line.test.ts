import { tickLine } from '../../../commands/box/tick-line.ts';
import type { WatchReport } from '../../../shared/watch/report.ts';
import { NOW_MS } from '../../helpers/examples.ts';

const SCOPE = {
  scope: 'main/cn-hangzhou',
  ok: true,
  healthy: true,
  instances: 60,
  pages: 2,
  calls: 2,
  throttles: 0,
  complete: true,
  clean: true,
  changes: 2,
  seq: 7,
  loadMs: 1,
  scanMs: 1,
  commitMs: 1,
} as const;
const REPORT: WatchReport = {
  ok: true,
  tickId: 'tick-1',
  ms: 812,
  scopes: [SCOPE],
  channels: [{ channel: 'slack', messages: 1, changes: 2, outcome: 'delivered', backlog: 0 }],
  units: { read: 1, write: 1 },
  notes: [],
};

describe('a tick in one line', () => {
  it('says how many instances, changes and messages there were', () => {
    expect(tickLine(REPORT, NOW_MS)).toBe(
      '2026-11-22T10:05:01.120Z  60 instances, 2 changes, 1 message delivered, 0.8 s',
    );
  });

  it('names what failed, and lets no text of another service act on the terminal', () => {
    const report: WatchReport = {
      ...REPORT,
      ok: false,
      scopes: [{ ...SCOPE, ok: false, instances: 0, changes: 0, error: 'ECS says\n\u001b[2Jno' }],
      channels: [{ channel: 'slack', messages: 0, changes: 0, outcome: 'retry', backlog: 3 }],
      notes: ['names are missing'],
    };

    expect(tickLine(report, NOW_MS)).toBe(
      '2026-11-22T10:05:01.120Z  0 instances, 0 changes, 0 messages delivered, 3 commits still to send, ' +
        '0.8 s; main/cn-hangzhou FAILED: ECS says [2Jno; slack FAILED: retry; note: names are missing',
    );
  });
});
