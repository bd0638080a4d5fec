import { render } from '../../../shared/view/core/render.ts';
import { errorReply, type Reply } from '../../../shared/view/core/reply.ts';

const STYLE: Reply = { status: 200, content: 'a {}', mediaType: 'text/css', etag: '"abc"' };

function requestWith(headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  return { method, headers: new Map(Object.entries(headers)) };
}

describe('content', () => {
  it('of any media type is passed on as text or as bytes', () => {
    const bytes = Uint8Array.of(0x89, 0x50, 0xff);
    const image = render({ status: 200, content: bytes, mediaType: 'image/png' }, requestWith());
    const style = render(STYLE, requestWith());

    expect([image.headers['content-type'], image.body]).toEqual(['image/png', bytes]);
    expect([style.headers['content-type'], style.body]).toEqual(['text/css', 'a {}']);
  });

  it('is a problem document for programs, where something is wrong', () => {
    const { headers, body } = render(
      { ...errorReply(410, 'gone', 'it went'), extra: { history: [] } },
      requestWith(),
    );

    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(String(body))).toEqual({
      type: 'urn:ecs-watch:gone',
      title: 'Gone',
      status: 410,
      detail: 'it went',
      history: [],
    });
  });

  it('is left out, with its media type, where a reply has none', () => {
    const { headers, body } = render({ status: 204, empty: true }, requestWith({}, 'OPTIONS'));

    expect(body).toBe('');
    expect(Object.keys(headers)).not.toContain('content-type');
  });

  it('is left out of an answer to HEAD, which keeps the headers of GET', () => {
    const get = render(STYLE, requestWith());

    expect(render(STYLE, requestWith({}, 'HEAD'))).toEqual({ ...get, body: '' });
  });
});

describe('the cache rule', () => {
  it('is no-store unless the route gives another', () => {
    expect(render(STYLE, requestWith()).headers['cache-control']).toBe('no-store');
    expect(render(STYLE, requestWith(), 'max-age=60').headers['cache-control']).toBe('max-age=60');
  });

  it.each([400, 401, 404, 410, 500, 503])('never lets an answer of status %d be kept', (status) => {
    const { headers } = render(errorReply(status, 'code', 'text'), requestWith(), 'max-age=60');

    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('If-None-Match', () => {
  const statusFor = (ifNoneMatch: string, reply: Reply = STYLE, method = 'GET') =>
    render(reply, requestWith({ 'if-none-match': ifNoneMatch }, method)).status;

  it.each(['"abc"', 'W/"abc"', '"x", "abc"', 'W/"a,b",W/"abc"', '*', ' * '])(
    'of %s finds the answer unchanged: the comparison is weak',
    (ifNoneMatch) => {
      expect(statusFor(ifNoneMatch)).toBe(304);
      expect(statusFor(ifNoneMatch, { ...STYLE, etag: 'W/"abc"' })).toBe(304);
      expect(statusFor(ifNoneMatch, STYLE, 'HEAD')).toBe(304);
    },
  );

  it.each(['', '"ab"', '"ABC"', 'abc', '"abc', '"x,"abc', 'W/', '"abc "', ','])(
    'of %s gets the whole answer',
    (ifNoneMatch) => {
      expect(statusFor(ifNoneMatch)).toBe(200);
    },
  );

  it('gets 304 without a body, with the tag and every header but the media type', () => {
    const whole = render({ ...STYLE, headers: { vary: 'accept' } }, requestWith(), 'max-age=60');

    const { status, headers, body } = render(
      { ...STYLE, headers: { vary: 'accept' } },
      requestWith({ 'if-none-match': '"abc"' }),
      'max-age=60',
    );

    const { 'content-type': _, ...others } = whole.headers;
    expect({ status, body }).toEqual({ status: 304, body: '' });
    expect(headers).toEqual(others);
    expect(headers).toMatchObject({ etag: '"abc"', 'cache-control': 'max-age=60', vary: 'accept' });
  });

  it.each([404, 410, 503])('never hides an answer of status %d', (status) => {
    expect(statusFor('*', { ...errorReply(status, 'code', 'text'), etag: '"abc"' })).toBe(status);
  });

  it('is ignored where the reply has no validator, and for other methods', () => {
    expect(statusFor('*', { status: 200, json: {} })).toBe(200);
    expect(statusFor('"abc"', STYLE, 'POST')).toBe(200);
  });
});
