import { preferredLanguage, textsOf } from '../../web/texts/index.ts';

describe('the words of the page', () => {
  it('follow the first language of the browser that it speaks', () => {
    expect(preferredLanguage(['zh-CN', 'en'])).toBe('zh');
    expect(preferredLanguage(['fr-FR', 'zh-TW', 'en'])).toBe('zh');
    expect(preferredLanguage(['en-GB', 'zh'])).toBe('en');
    expect(preferredLanguage(['fr'])).toBe('en');
    expect(preferredLanguage([])).toBe('en');
  });

  it.each([
    [0, '0 s', '0 秒'],
    [59_999, '59 s', '59 秒'],
    [60_000, '1 min', '1 分钟'],
    [3_600_000 + 5 * 60_000, '1 h 5 min', '1 小时 5 分钟'],
    [26 * 3_600_000, '1 d 2 h', '1 天 2 小时'],
    [400 * 86_400_000, '400 d', '400 天'],
    [-5, '0 s', '0 秒'],
  ])('say %d ms as a person would', (ms, en, zh) => {
    expect(textsOf('en').duration(ms)).toBe(en);
    expect(textsOf('zh').duration(ms)).toBe(zh);
  });

  it.each([
    [412, 'took 412 ms', '用时 412 毫秒'],
    [9_999, 'took 9,999 ms', '用时 9,999 毫秒'],
    [12_400, 'took 12 s', '用时 12 秒'],
    [3 * 60_000, 'took 3 min', '用时 3 分钟'],
  ])('say how long a scan of %d ms took', (ms, en, zh) => {
    expect(textsOf('en').took(ms)).toBe(en);
    expect(textsOf('zh').took(ms)).toBe(zh);
  });

  it.each([
    [['web-1'], 'web-1 stopped', 'web-1 在最近'],
    [['支付网关'], '支付网关 stopped', '支付网关在最近'],
    [['网关', 'web-1'], '网关 and web-1 stopped', '网关、web-1 在最近'],
    [['a', 'b', 'c'], 'a, b and 1 more stopped', 'a、b 等 3\u00a0台在最近'],
  ])('say of %j in one sentence that they stopped', (names, en, zh) => {
    const instances = names.map((name) => ({ instanceId: `i-${name}`, name }));
    const sentence = (language: 'en' | 'zh'): string =>
      textsOf(language).verdict(
        { kind: 'just-stopped', instances, notRunning: names.length },
        {
          nowMs: 0,
          duration: String,
          time: String,
          instance: ({ name }) => name,
          others: (count) => count,
        },
      ).text;

    expect(sentence('en')).toBe(`${en} within the last hour`);
    expect(sentence('zh')).toBe(`${zh}一小时内停止`);
  });

  it('say for which channel a fallback was sent a message', () => {
    expect(textsOf('en').inPlaceOf('DingTalk')).toBe(' in place of DingTalk');
    expect(textsOf('zh').inPlaceOf('钉钉')).toBe('（代替钉钉）');
  });

  it('say of a token that no browser sends what to do with the command that does', () => {
    const lost = { sinceMs: 0, problem: 'refused', status: 401, code: '' };

    for (const language of ['en', 'zh'] as const) {
      const { lost: words } = textsOf(language);
      expect(words({ ...lost, code: 'token-of-command' })).toMatch(
        /npm run page.*--token-file.*VIEW_TOKEN/u,
      );
      expect(words(lost)).not.toContain('npm run page');
    }
  });
});
