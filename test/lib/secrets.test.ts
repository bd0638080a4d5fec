import fc from 'fast-check';
import { redactor, secretsInUrl } from '../../shared/lib/secrets.ts';

const SECRET = 'pa/ss "wörd"+\\1';

describe('taking secrets out of text', () => {
  it.each([
    ['as it is', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['in JSON', JSON.stringify({ key: SECRET })],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 without padding', Buffer.from(SECRET).toString('base64').replace(/=+$/u, '')],
  ])('finds a secret %s', (_how, written) => {
    const clean = redactor([SECRET])(`before ${written} after, and ${written} again`);

    expect(clean).toMatch(/^before .*\[secret\].* after, and .*\[secret\].* again$/u);
    for (const part of ['pa/ss', 'pa%2Fss', 'w\u00f6rd', 'w%C3%B6rd', 'cGEvc3M']) {
      expect(clean).not.toContain(part);
    }
  });

  it('finds a secret that has a line break behind it in its variable', () => {
    expect(redactor(['the-token\n'])('Bearer the-token')).toBe('Bearer [secret]');
  });

  it('survives half a character in a secret', () => {
    expect(redactor(['half-\ud800'])('half-\ud800')).toBe('[secret]');
  });

  it('leaves no part of a longer secret when a shorter one is its beginning', () => {
    const redact = redactor(['token', 'token-and-more']);

    expect(redact('token-and-more token')).toBe('[secret] [secret]');
  });

  it('leaves ordinary words alone when a secret is hardly one', () => {
    expect(redactor(['', 'ok', 'abc', undefined])('ok, abc')).toBe('ok, abc');
  });

  it('leaves text without secrets as it is', () => {
    expect(redactor([SECRET])('nothing to see')).toBe('nothing to see');
  });

  it('leaves none, whatever it is and wherever it is', () => {
    const secret = fc.string({ unit: 'binary', minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.string(), (all, around) => {
        fc.pre(all.every((one) => !'[secret]'.includes(one) && !around.includes(one)));
        const redact = redactor(all);

        for (const one of all) {
          for (const written of [one, encodeURIComponent(one), JSON.stringify(one).slice(1, -1)]) {
            expect(redact(`${around}\n${written}\n${around}`)).not.toContain(written);
          }
        }
      }),
    );
  });
});

describe('the secrets in an address', () => {
  it('are the token of DingTalk, the path of Slack, and all else that allows posting', () => {
    const dingtalk = secretsInUrl('https://oapi.dingtalk.com/robot/send?access_token=ab12cd34ef');
    const slack = secretsInUrl(
      'https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/abcdefghijklmnopqrstuvwx',
    );
    const basic = secretsInUrl('https://user:pass%2Fword@example.com/hook');

    expect(dingtalk).toContain('ab12cd34ef');
    expect(slack).toEqual(
      expect.arrayContaining(['T0AB12CD3', 'B0AB12CD3', 'abcdefghijklmnopqrstuvwx']),
    );
    expect(basic).toContain('pass%2Fword');
  });

  it('are the whole of what is no address', () => {
    expect(secretsInUrl('not an address')).toEqual(['not an address']);
  });

  it('are not the host nor the words of the path', () => {
    const parts = secretsInUrl('https://alerts.example.com/hooks/cn-hangzhou/webhook');

    expect(parts).toEqual(['https://alerts.example.com/hooks/cn-hangzhou/webhook']);
  });

  it('are not the ordinary words of a query', () => {
    const parts = secretsInUrl('https://example.com/hook?wait=true&region=cn-hangzhou');

    expect(redactor(parts)('{"ok":true,"scope":"main/cn-hangzhou"}')).toBe(
      '{"ok":true,"scope":"main/cn-hangzhou"}',
    );
  });
});
