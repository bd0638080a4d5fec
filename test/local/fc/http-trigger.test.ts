import { request } from 'node:http';

import { type FunctionRuntime, startHttpTrigger } from '../../../local/fc/index.ts';
import type { LocalServer } from '../../../local/server.ts';
import { openWorkshop, type Workshop } from './helpers.ts';

let workshop: Workshop;
let servers: LocalServer[];

beforeEach(() => {
  workshop = openWorkshop();
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await workshop.close();
});

async function serve(
  code: string,
  options: Parameters<Workshop['deploy']>[1] & { methods?: string[] } = {},
): Promise<{ url: string; target: FunctionRuntime }> {
  const { methods, ...functionOptions } = options;
  const target = await workshop.deploy(code, functionOptions);
  const { clock } = workshop;
  const server = await startHttpTrigger({ target, clock, ...(methods ? { methods } : {}) });
  servers.push(server);
  return { url: server.url, target };
}

/** Answers with the event that it got. */
const ECHO = `
  exports.handler = (event) => ({
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    isBase64Encoded: false,
    body: event.toString(),
  });`;

const answering = (response: unknown) => `exports.handler = () => (${JSON.stringify(response)});`;

it('makes the v1 event of a request', async () => {
  const { url } = await serve(ECHO);

  const response = await fetch(`${url}/instances/i%2D1%20%E4%BA%91?tag=a&tag=b&limit=5`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'test', 'x-many': 'x' },
    body: '{"名":1}',
  });

  const host = new URL(url).host;
  expect(await response.json()).toEqual({
    version: 'v1',
    rawPath: '/instances/i%2D1%20%E4%BA%91',
    headers: expect.objectContaining({
      Host: host,
      'Content-Type': 'application/json',
      'User-Agent': 'test',
      'X-Many': 'x',
    }),
    queryParameters: { tag: 'a,b', limit: '5' },
    body: '{"名":1}',
    isBase64Encoded: false,
    requestContext: {
      accountId: '1234567890123456',
      domainName: host,
      domainPrefix: '127',
      requestId: response.headers.get('x-fc-request-id'),
      time: '2026-11-22T10:00:00.000Z',
      timeEpoch: String(Date.parse('2026-11-22T10:00:00Z')),
      http: {
        method: 'POST',
        path: '/instances/i-1 云',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'test',
      },
    },
  });
});

it('gives the handler the same request id in the event and in the context', async () => {
  const { url } = await serve(`
    exports.handler = (event, { requestId }) => ({
      statusCode: JSON.parse(event).requestContext.requestId === requestId ? 200 : 500,
      body: '',
    });`);

  expect((await fetch(url)).status).toBe(200);
});

it('joins several headers of one name, and keeps those of the platform from the function', async () => {
  const { url } = await serve(ECHO);

  const event = await new Promise<{ headers: Record<string, string> }>((resolve, reject) => {
    const sent = request(url, { headers: { accept: ['a', 'b'], 'x-fc-forged': '1' } }, (answer) => {
      answer
        .toArray()
        .then((chunks) => resolve(JSON.parse(Buffer.concat(chunks).toString())), reject);
    });
    sent.on('error', reject).end();
  });

  expect(event.headers).toMatchObject({ Accept: 'a,b' });
  expect(Object.keys(event.headers)).not.toContain('X-Fc-Forged');
  expect(Object.keys(event.headers)).not.toContain('Connection');
});

it.each([
  ['application/x-www-form-urlencoded', 'a=1', { body: 'a=1', isBase64Encoded: false }],
  ['text/plain', '云', { body: '云', isBase64Encoded: false }],
  ['application/cloudevents+json', '{}', { body: '{}', isBase64Encoded: false }],
  ['application/octet-stream', 'abc', { body: 'YWJj', isBase64Encoded: true }],
  ['image/png', '', { body: '', isBase64Encoded: false }],
])('hands over a body of type %s', async (contentType, body, expected) => {
  const { url } = await serve(ECHO);

  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });

  expect(await response.json()).toMatchObject(expected);
});

it('sends the status, headers and body that the function returned', async () => {
  const { url } = await serve(
    answering({
      statusCode: 410,
      headers: { ETag: '"7"', 'Content-Type': 'text/csv' },
      body: '云',
    }),
  );

  const response = await fetch(url);

  expect(response.status).toBe(410);
  expect(response.headers.get('etag')).toBe('"7"');
  expect(response.headers.get('content-type')).toBe('text/csv');
  expect(await response.text()).toBe('云');
});

it('decodes a Base64 body', async () => {
  const bytes = Buffer.from([0, 255, 10, 195, 40]);
  const { url } = await serve(
    answering({ statusCode: 200, isBase64Encoded: true, body: bytes.toString('base64') }),
  );

  const response = await fetch(url);

  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
});

it('drops the headers that the platform keeps for itself', async () => {
  const headers = { Server: 'mine', 'X-Fc-Request-Id': 'forged', 'Content-Length': '1', Date: 'x' };
  const { url } = await serve(answering({ statusCode: 200, headers, body: 'four' }));

  const response = await fetch(url);

  expect(await response.text()).toBe('four');
  expect(response.headers.get('server')).toBeNull();
  expect(response.headers.get('x-fc-request-id')).not.toBe('forged');
});

it('answers HEAD with the headers alone', async () => {
  const { url } = await serve(
    answering({ statusCode: 200, headers: { ETag: '"7"' }, body: 'four' }),
  );

  const response = await fetch(url, { method: 'HEAD' });

  expect(response.status).toBe(200);
  expect(response.headers.get('etag')).toBe('"7"');
  expect(response.headers.get('content-length')).toBe('4');
  expect(await response.text()).toBe('');
});

it('sends a result without a status as the body of a good answer', async () => {
  const { url } = await serve(answering({ ok: true }));

  const response = await fetch(url);

  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ ok: true });
});

it.each([
  ['throws', 'exports.handler = () => { throw new Error("oops"); };', 'oops'],
  ['ends its process', 'exports.handler = () => process.exit(1);', 'Process exited'],
  ['returns no HTTP status', answering({ statusCode: 42, body: '' }), 'statusCode'],
  ['returns a body that is no string', answering({ statusCode: 200, body: {} }), 'body'],
  [
    'returns a header that cannot be sent',
    answering({ statusCode: 200, headers: { 'X-A': 'a\nb' }, body: '' }),
    'X-A',
  ],
  [
    'returns more headers than fit',
    answering({ statusCode: 200, headers: { 'X-A': 'x'.repeat(8_192) }, body: '' }),
    'headers',
  ],
])('answers 502 when the function %s', async (_, code, message) => {
  const { url } = await serve(code);

  const response = await fetch(url);

  expect(response.status).toBe(502);
  expect(response.headers.get('x-fc-error-type')).toBe('UnhandledInvocationError');
  expect(await response.json()).toMatchObject({ errorMessage: expect.stringContaining(message) });
});

it('answers 429 when no instance is free', async () => {
  const { url } = await serve(ECHO, { reservedConcurrency: 0 });

  expect((await fetch(url)).status).toBe(429);
});

it('answers 403 to a method that is not configured', async () => {
  const { url } = await serve(ECHO, { methods: ['GET', 'HEAD', 'POST'] });

  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
});

it('answers 400 to a path or headers that are too large', async () => {
  const { url } = await serve(ECHO);

  expect((await fetch(`${url}/${'x'.repeat(4_095)}`)).status).toBe(200);
  expect((await fetch(`${url}/${'x'.repeat(4_096)}`)).status).toBe(400);
  expect((await fetch(url, { headers: { 'x-a': 'x'.repeat(8_192) } })).status).toBe(400);
});

describe('a client that asks for an asynchronous invocation', () => {
  const ASYNC = { 'x-fc-invocation-type': 'Async' };

  it('gets an empty 202, and the function runs on its own', async () => {
    const { url, target } = await serve(
      'exports.handler = (event) => { console.log(JSON.parse(event).rawPath); };',
    );

    const response = await fetch(`${url}/later`, { headers: ASYNC });
    await target.drain();

    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
    expect(workshop.lines).toContainEqual(expect.objectContaining({ text: '/later' }));
  });

  it('may not send more than 128 KB', async () => {
    const { url } = await serve(ECHO);

    const response = await fetch(url, {
      method: 'POST',
      headers: { ...ASYNC, 'content-type': 'text/plain' },
      body: 'x'.repeat(128 * 1024),
    });

    expect(response.status).toBe(400);
  });
});
