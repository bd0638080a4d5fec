import { createLog } from '../../shared/lib/log.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { NOW_MS } from '../helpers/examples.ts';

describe('a log line', () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    redactor(['a "secret"']),
    () => NOW_MS,
  );
  beforeEach(() => {
    lines.length = 0;
  });

  it('is one JSON object with its time, its level, a fixed text and the facts', () => {
    log.warn('delivery refused', { channel: 'slack', status: 404 });

    expect(lines).toEqual([
      '{"at":"2026-11-22T10:05:01.120Z","level":"warn","text":"delivery refused",' +
        '"channel":"slack","status":404}',
    ]);
  });

  it.each(['info', 'warn', 'error'] as const)('has the level %s', (level) => {
    log[level]('tick');

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level, text: 'tick' });
  });

  it('stays one line whatever is in it, and holds no secret', () => {
    log.error('failed', { reason: 'first\nsecond: a "secret"' });

    expect(lines.join()).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ reason: 'first\nsecond: [secret]' });
  });
});
