import { intern } from '../../shared/lib/intern.ts';

describe('interning', () => {
  it('returns the first of equal values for all of them', () => {
    const share = intern();
    const tags = { app: 'web', env: 'production' };

    expect(share(tags)).toBe(tags);
    expect(share({ app: 'web', env: 'production' })).toBe(tags);
    expect(share({ app: 'web', env: 'staging' })).toEqual({ app: 'web', env: 'staging' });
  });

  it('distinguishes a text from an object that has it as its JSON', () => {
    const share = intern();

    expect(share('{"app":"web"}')).toBe('{"app":"web"}');
    expect(share({ app: 'web' })).toEqual({ app: 'web' });
  });

  it('shares nothing with another intern', () => {
    const tags = { app: 'web' };
    intern()(tags);

    expect(intern()({ app: 'web' })).not.toBe(tags);
  });
});
