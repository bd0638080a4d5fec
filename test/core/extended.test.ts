import { extended } from '../../shared/core/extended.ts';

describe('an extended object', () => {
  it('has all fields of both, and where both have one, that of the second', () => {
    expect(extended({ id: 'i-1', status: 'Running' }, { status: 'Stopped', name: 'web' })).toEqual({
      id: 'i-1',
      status: 'Stopped',
      name: 'web',
    });
  });

  it('keeps a field of any name as a field', () => {
    const stored = JSON.parse('{"__proto__":{"status":"Stopped"}}') as object;

    const both = extended(stored, { name: 'web' });

    expect(Object.keys(both)).toEqual(['__proto__', 'name']);
    expect(Object.getPrototypeOf(both)).toBe(Object.prototype);
  });
});
