import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { startHttpTrigger } from '../../local/fc/index.ts';
import type { LocalServer } from '../../local/server.ts';
import { parseHttpEvent, requestOf, responseOf } from '../../shared/fc/http.ts';
import type { ViewAnswer } from '../../shared/view/core/answer.ts';
import type { ViewRequest } from '../../shared/view/core/request.ts';
import { functionOf } from '../helpers/function-of.ts';

function requestFrom(event: unknown): ViewRequest {
  return requestOf(parseHttpEvent(Buffer.from(JSON.stringify(event))), 'granted');
}

describe('an event', () => {
  it('becomes a request with decoded segments, lower-case headers and a body', () => {
    const request = requestFrom({
      version: 'v1',
      rawPath: '/instances/i-%E4%BA%91/',
      headers: { 'X-Acs-Action': 'DescribeInstanceStatus', accept: 'text/html' },
      queryParameters: { status: 'Running,Stopped' },
      body: 'RegionId=cn-hangzhou',
      isBase64Encoded: false,
      requestContext: { http: { method: 'POST', path: '/instances/i-云' } },
    });

    expect(request).toEqual({
      method: 'POST',
      path: ['instances', 'i-云'],
      query: new Map([['status', 'Running,Stopped']]),
      headers: new Map([
        ['x-acs-action', 'DescribeInstanceStatus'],
        ['accept', 'text/html'],
      ]),
      body: Buffer.from('RegionId=cn-hangzhou'),
      access: 'granted',
    });
  });

  it('of InvokeFunction is a request for the page, not a call of an API to the view', () => {
    const { path, headers } = requestFrom({
      rawPath: '/2023-03-30/functions/ecs-watch-view/invocations',
      headers: { 'X-Acs-Action': 'InvokeFunction', accept: 'text/html' },
    });

    expect({ path, headers }).toEqual({ path: [], headers: new Map([['accept', 'text/html']]) });
  });

  it('has a body of bytes when it is marked as Base64', () => {
    const bytes = Buffer.from([0, 0xff, 0x80]);

    const { body } = requestFrom({ body: bytes.toString('base64'), isBase64Encoded: true });

    expect(body).toEqual(bytes);
  });

  it.each([
    ['{"rawPath":7,"headers":null,"queryParameters":[],"body":null,"requestContext":7}'],
    ['{"headers":"text","queryParameters":{"limit":5},"body":{},"isBase64Encoded":"yes"}'],
    ['{"requestContext":{"http":null,"requestId":7},"headers":{"accept":["text/html"]}}'],
    [''],
    ['null'],
    ['[]'],
    ['{'],
  ])('counts a part as absent when its type is wrong: %s', (event) => {
    expect(parseHttpEvent(Buffer.from(event))).toEqual({
      method: 'GET',
      rawPath: '/',
      query: new Map(),
      headers: new Map(),
      body: Buffer.alloc(0),
      requestId: undefined,
    });
  });

  it('never breaks the adapter, whatever JSON is in it', () => {
    const parts = fc.record(
      {
        rawPath: fc.jsonValue(),
        headers: fc.jsonValue(),
        queryParameters: fc.jsonValue(),
        body: fc.jsonValue(),
        isBase64Encoded: fc.jsonValue(),
        requestContext: fc.oneof(fc.jsonValue(), fc.record({ http: fc.jsonValue() })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(parts, fc.jsonValue()), (event) => {
        const { method, path, query, headers, body } = requestFrom(event);

        expect([typeof method, Array.isArray(path)]).toEqual(['string', true]);
        expect([...query.values(), ...headers.values()].map((text) => typeof text)).toEqual(
          Array(query.size + headers.size).fill('string'),
        );
        expect(Buffer.isBuffer(body)).toBe(true);
      }),
    );
  });
});

describe('a whole fleet', () => {
  const LIMIT_BYTES = 32 * 1_024 * 1_024;
  // A quotation mark has a backslash in front of it in the answer of the function.
  const body = '{"a":"b"}\n'.repeat(2_500_000);
  const answer = { status: 200, headers: { etag: 'W/"1"', vary: 'accept' }, body };

  it('that Function Compute would not pass on is refused with the way out', () => {
    const response = responseOf(answer, { requestId: 'r-1', accepted: '' });

    expect(body.length).toBeLessThan(LIMIT_BYTES);
    expect(response).toMatchObject({ statusCode: 400, isBase64Encoded: false });
    expect(response.headers).toMatchObject({ 'content-type': expect.stringContaining('problem') });
    expect(response.headers.etag).toBeUndefined();
    expect(JSON.parse(response.body).detail).toMatch(/32 MB.*gzip.*limit/u);
  });

  it('is passed on to a client that accepts gzip', () => {
    const response = responseOf(answer, { requestId: 'r-1', accepted: 'gzip' });

    expect(response).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    expect(gunzipSync(Buffer.from(response.body, 'base64')).toString() === body).toBe(true);
  });
});

describe('over a real connection', () => {
  const requests: ViewRequest[] = [];
  let answer: ViewAnswer;
  let trigger: LocalServer;

  beforeAll(async () => {
    trigger = await startHttpTrigger({
      target: functionOf((event) => {
        const http = parseHttpEvent(event);
        requests.push(requestOf(http, 'granted'));
        const accepted = http.headers.get('accept-encoding') ?? '';
        return responseOf(answer, { requestId: 'r-1', accepted });
      }),
    });
  });
  afterAll(() => trigger.close());

  it('bytes arrive as they were sent, in both directions', async () => {
    const sent = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    answer = { status: 200, headers: { 'content-type': 'image/png' }, body: sent };

    const response = await fetch(`${trigger.url}/x`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: sent,
    });

    expect(Buffer.from(requests.at(-1)?.body ?? '')).toEqual(Buffer.from(sent));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(sent);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('x-request-id')).toBe('r-1');
  });

  it.each([
    ['gzip, br', 'gzip'],
    ['br, GZIP;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['identity', null],
  ])('a long text arrives whole where %s is accepted, as %s', async (accepted, encoding) => {
    answer = {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', vary: 'accept' },
      body: '支付网关 '.repeat(200),
    };

    const response = await fetch(trigger.url, { headers: { 'accept-encoding': accepted } });

    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toBe('accept, accept-encoding');
    expect(await response.text()).toBe(answer.body);
  });

  it('text and form bodies arrive as the same bytes, whatever the platform makes of them', async () => {
    answer = {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '支付',
    };

    const response = await fetch(`${trigger.url}/`, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'DescribeInstanceStatus' }),
    });

    const { headers, body } = requests.at(-1) ?? {};
    expect(headers?.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/u);
    expect(Buffer.from(body ?? '').toString()).toBe('Action=DescribeInstanceStatus');
    expect(await response.text()).toBe('支付');
  });

  it('304 and 204 pass without a body', async () => {
    for (const status of [304, 204]) {
      answer = { status, headers: { etag: '"abc"' }, body: '' };

      const response = await fetch(`${trigger.url}/`);

      expect([response.status, response.headers.get('etag')]).toEqual([status, '"abc"']);
      expect(await response.text()).toBe('');
    }
  });
});
