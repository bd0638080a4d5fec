import { sharing } from '../../shared/core/sharing.ts';

describe('sharing', () => {
  it('gives the first of equal values back for all of them', () => {
    const share = sharing();
    const tags = { app: 'web', env: 'production' };

    expect(share(tags)).toBe(tags);
    expect(share({ app: 'web', env: 'production' })).toBe(tags);
    expect(share({ app: 'web', env: 'staging' })).toEqual({ app: 'web', env: 'staging' });
  });

  it('keeps a text apart from an object that is written like it', () => {
    const share = sharing();

    expect(share('{"app":"web"}')).toBe('{"app":"web"}');
    expect(share({ app: 'web' })).toEqual({ app: 'web' });
  });

  it('knows nothing of what another one was given', () => {
    const tags = { app: 'web' };
    sharing()(tags);

    expect(sharing()({ app: 'web' })).not.toBe(tags);
  });
});
