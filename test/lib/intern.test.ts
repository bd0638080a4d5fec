import { intern } from '../../shared/lib/intern.ts';

describe('sharing', () => {
  it('gives the first of equal values back for all of them', () => {
    const share = intern();
    const tags = { app: 'web', env: 'production' };

    expect(share(tags)).toBe(tags);
    expect(share({ app: 'web', env: 'production' })).toBe(tags);
    expect(share({ app: 'web', env: 'staging' })).toEqual({ app: 'web', env: 'staging' });
  });

  it('keeps a text apart from an object that is written like it', () => {
    const share = intern();

    expect(share('{"app":"web"}')).toBe('{"app":"web"}');
    expect(share({ app: 'web' })).toEqual({ app: 'web' });
  });

  it('knows nothing of what another one was given', () => {
    const tags = { app: 'web' };
    intern()(tags);

    expect(intern()({ app: 'web' })).not.toBe(tags);
  });
});
