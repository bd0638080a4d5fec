import { severityOf } from '../../../../shared/delivery/core/news/severity.ts';

describe('how bad a change is', () => {
  it.each([
    ['Running', 'Stopped', 'bad'],
    ['Stopping', 'Stopped', 'bad'],
    ['Running', null, 'bad'],
    ['Stopping', null, 'bad'],
    ['Pending', null, 'bad'],
    ['Stopped', null, 'neutral'],
    [null, 'Stopped', 'neutral'],
    ['Pending', 'Stopped', 'neutral'],
    ['Starting', 'Running', 'good'],
    [null, 'Running', 'good'],
    [null, 'Pending', 'neutral'],
    ['Stopped', 'Starting', 'neutral'],
    ['Running', 'Stopping', 'neutral'],
    ['Running', 'Hibernated', 'neutral'],
    ['Running', 'constructor', 'neutral'],
    ['Running', '__proto__', 'neutral'],
  ] as const)('from %s to %s is %s', (from, to, severity) => {
    expect(severityOf({ from, to })).toBe(severity);
  });

  it('is what a route says, for the statuses that it names', () => {
    const overrides = { Stopped: 'neutral', released: 'good' } as const;

    expect(severityOf({ from: 'Running', to: 'Stopped' }, overrides)).toBe('neutral');
    expect(severityOf({ from: 'Stopped', to: null }, overrides)).toBe('good');
    expect(severityOf({ from: 'Stopped', to: 'Running' }, overrides)).toBe('good');
    expect(severityOf({ from: 'Stopped', to: 'constructor' }, overrides)).toBe('neutral');
  });
});
