import { rowOf } from '../../web/core/answers.ts';
import { instanceThen } from '../../web/core/instance-then.ts';

const AT_MS = Date.UTC(2026, 10, 22, 10);
const later = new Date(AT_MS + 60_000).toISOString();
const earlier = new Date(AT_MS - 60_000).toISOString();

const WHOSE = { instanceId: 'i-1', scope: 'main/cn-hangzhou', region: 'cn-hangzhou' };
const PRESENT = { ...WHOSE, status: 'Running', since: later, sinceKnown: true };
const THEN = { ...WHOSE, status: 'Stopped', since: earlier, sinceKnown: true };
const released = (releasedAt: string) => ({ ...WHOSE, lastStatus: 'Stopped', releasedAt });

describe('an instance at the moment that the page shows', () => {
  it('is as it is now, where the page shows the present', () => {
    expect(instanceThen(PRESENT, undefined, null, false)).toEqual({
      kind: 'shown',
      instance: PRESENT,
    });
  });

  it('is as it was, also where it was released later', () => {
    for (const present of [PRESENT, released(later)]) {
      // Of some, it is only known that they were so at least since then.
      for (const sinceKnown of [true, false]) {
        const instance = { ...THEN, sinceKnown };
        const then = instanceThen(present, rowOf(instance), AT_MS, true);
        expect(then).toEqual({ kind: 'shown', instance });
      }
    }
  });

  it('is never the present one, where the moment has none', () => {
    expect(instanceThen(PRESENT, undefined, AT_MS, true)).toEqual({ kind: 'absent' });
    expect(instanceThen(released(later), undefined, AT_MS, true)).toEqual({ kind: 'absent' });
    expect(instanceThen(PRESENT, undefined, AT_MS, false)).toEqual({ kind: 'reading' });
  });

  it('is released, where it was already', () => {
    const gone = released(earlier);

    expect(instanceThen(gone, undefined, AT_MS, true)).toEqual({ kind: 'shown', instance: gone });
  });

  it('is none where a view of another version says too little of it', () => {
    for (const unsaid of [{ status: undefined }, { status: null }, { since: undefined }]) {
      expect(() => rowOf({ ...THEN, ...unsaid } as never)).toThrow(
        'the instance i-1 has no status',
      );
    }
  });
});
