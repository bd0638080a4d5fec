import { createHash } from 'node:crypto';
import OpenApiClient, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';

import { manualClock } from '../../../local/clock.ts';
import { type FunctionRuntime, startInvokeApi } from '../../../local/fc/index.ts';
import type { LocalServer } from '../../../local/server.ts';
import { openWorkshop, type Workshop } from './helpers.ts';

/** The unmodified SDK of FC 2.0, which has no types of its own. */
const Fc2Client: new (
  accountId: string,
  config: Record<string, string>,
) => {
  invokeFunction(
    service: string,
    name: string,
    event: string,
    headers?: Record<string, string>,
  ): Promise<{ headers: Record<string, string>; data: unknown }>;
} = require('@alicloud/fc2');

const KEY = { accessKeyId: 'local', accessKeySecret: 'local-secret' };
const TEMPORARY_KEY = { accessKeyId: 'STS.local', accessKeySecret: 's', securityToken: 'token' };
const ASYNC = { 'x-fc-invocation-type': 'Async' };

const FUNCTION = `
  exports.handler = (event, { requestId }) => {
    if (event.toString() === 'throw') throw new TypeError('oops');
    console.log(event.toString());
    return JSON.stringify({ event: event.toString(), requestId });
  };`;

let workshop: Workshop;
let target: FunctionRuntime;
let api: LocalServer;
let find: (name: string) => FunctionRuntime | undefined;

beforeAll(async () => {
  workshop = openWorkshop();
  target = await workshop.deploy(FUNCTION, { name: 'watch' });
  const blocked = await workshop.deploy(FUNCTION, { name: 'blocked', reservedConcurrency: 0 });
  const functions = new Map([target, blocked].map((runtime) => [runtime.name, runtime]));
  find = (name) => functions.get(name);
  api = await startInvokeApi({ find, accessKeys: [KEY, TEMPORARY_KEY] });
});

afterAll(async () => {
  await api.close();
  await workshop.close();
});

describe('the official client of FC 2.0', () => {
  const clientOf = (key: {
    accessKeyId: string;
    accessKeySecret: string;
    securityToken?: string;
  }) =>
    new Fc2Client('1234567890123456', {
      accessKeyID: key.accessKeyId,
      accessKeySecret: key.accessKeySecret,
      region: 'cn-hangzhou',
      endpoint: api.url,
      ...(key.securityToken === undefined ? {} : { securityToken: key.securityToken }),
    });

  it.each([
    ['a lasting', KEY],
    ['a temporary', TEMPORARY_KEY],
  ])('invokes a function with %s key', async (_, key) => {
    const { headers, data } = await clientOf(key).invokeFunction('any-service', 'watch', '云');

    expect(JSON.parse(String(data))).toEqual({
      event: '云',
      requestId: headers['x-fc-request-id'],
    });
  });

  it('reaches a function of any service and qualifier', async () => {
    const { data } = await clientOf(KEY).invokeFunction('service.LATEST', 'watch', 'x');

    expect(JSON.parse(String(data))).toMatchObject({ event: 'x' });
  });

  it('reads what the function threw', async () => {
    const { headers, data } = await clientOf(KEY).invokeFunction('s', 'watch', 'throw');

    expect(headers['x-fc-error-type']).toBe('UnhandledInvocationError');
    expect(data).toMatchObject({ errorMessage: 'oops', errorType: 'TypeError' });
  });

  it('does not wait for an asynchronous invocation', async () => {
    const { data } = await clientOf(KEY).invokeFunction('s', 'watch', 'later', ASYNC);
    await target.drain();

    expect(data).toBe('');
    expect(workshop.lines).toContainEqual(expect.objectContaining({ text: 'later' }));
  });

  it('may not queue more than 128 KB', async () => {
    const event = 'x'.repeat(128 * 1024 + 1);

    const invoking = clientOf(KEY).invokeFunction('s', 'watch', event, ASYNC);

    await expect(invoking).rejects.toMatchObject({ code: 'EntityTooLarge' });
  });

  it.each([
    ['SignatureNotMatch', { ...KEY, accessKeySecret: 'wrong' }, 'watch'],
    ['InvalidAccessKeyID', { ...KEY, accessKeyId: 'unknown' }, 'watch'],
    ['InvalidAccessKeyID', { ...TEMPORARY_KEY, securityToken: 'old' }, 'watch'],
    ['FunctionNotFound', KEY, 'nowhere'],
    ['ResourceExhausted', KEY, 'blocked'],
  ])('gets the error %s', async (code, key, name) => {
    const invoking = clientOf(key).invokeFunction('s', name, 'x');

    await expect(invoking).rejects.toMatchObject({ code, name: `FC${code}Error` });
  });
});

describe('the official client of FC 3.0', () => {
  const invoke = (
    event: string,
    { key = KEY, name = 'watch', headers = {}, query = {} } = {},
  ): Promise<{ body: Buffer; headers: Record<string, string>; statusCode: number }> => {
    const client = new OpenApiClient(
      new Config({ ...key, endpoint: new URL(api.url).host, protocol: 'HTTP' }),
    );
    const params = new Params({
      action: 'InvokeFunction',
      version: '2023-03-30',
      protocol: 'HTTP',
      pathname: `/2023-03-30/functions/${name}/invocations`,
      method: 'POST',
      authType: 'AK',
      style: 'ROA',
      reqBodyType: 'byte',
      bodyType: 'byte',
    });
    const request = new OpenApiRequest({ body: Buffer.from(event), headers, query });
    return client.callApi(params, request, {} as never) as never;
  };

  it.each([
    ['a lasting', KEY],
    ['a temporary', TEMPORARY_KEY],
  ])('invokes a function with %s key', async (_, key) => {
    const { body, headers } = await invoke('云', {
      key,
      query: { qualifier: 'LATEST', a: '* ~!' },
    });

    expect(JSON.parse(body.toString())).toEqual({
      event: '云',
      requestId: headers['x-fc-request-id'],
    });
  });

  it('reads what the function threw', async () => {
    const { body, headers, statusCode } = await invoke('throw');

    expect(statusCode).toBe(200);
    expect(headers['x-fc-error-type']).toBe('UnhandledInvocationError');
    expect(JSON.parse(body.toString())).toMatchObject({ errorMessage: 'oops' });
  });

  it('does not wait for an asynchronous invocation', async () => {
    const { body, statusCode } = await invoke('later', { headers: ASYNC });

    expect(statusCode).toBe(202);
    expect(body).toHaveLength(0);
  });

  it('may not send more than 32 MB', async () => {
    const event = 'x'.repeat(32 * 1024 * 1024 + 1);

    await expect(invoke(event)).rejects.toMatchObject({ code: 'EntityTooLarge' });
  });

  it.each([
    ['SignatureNotMatch', { key: { ...KEY, accessKeySecret: 'wrong' } }],
    ['InvalidAccessKeyID', { key: { ...KEY, accessKeyId: 'unknown' } }],
    ['FunctionNotFound', { name: 'nowhere' }],
    ['ResourceExhausted', { name: 'blocked' }],
  ])('gets the error %s', async (code, options) => {
    await expect(invoke('x', options)).rejects.toMatchObject({ code });
  });
});

const PATH_3_0 = '/2023-03-30/functions/watch/invocations';

it.each([
  ['no signature', {}],
  ['a signature of FC 2.0', { authorization: 'FC local:c2lnbmF0dXJl' }],
  [
    'a signature that leaves the date out',
    {
      authorization: 'ACS3-HMAC-SHA256 Credential=local,SignedHeaders=host,Signature=00',
      'x-acs-content-sha256': createHash('sha256').digest('hex'),
    },
  ],
])('refuses a call to FC 3.0 with %s', async (_, headers) => {
  const response = await fetch(`${api.url}${PATH_3_0}`, { method: 'POST', headers });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    Code: 'MissingRequiredHeader',
    RequestId: response.headers.get('x-fc-request-id'),
  });
});

it.each([-1, 1])('refuses a signature that is over 15 minutes off (%d)', async (direction) => {
  const clock = manualClock(Date.now() + direction * 16 * 60_000);
  const late = await startInvokeApi({ find, accessKeys: [KEY], clock });
  const config = { accessKeyID: 'local', accessKeySecret: 'local-secret', region: 'cn-hangzhou' };
  const client = new Fc2Client('1234567890123456', { ...config, endpoint: late.url });

  const invoking = client.invokeFunction('s', 'watch', 'x');

  await expect(invoking).rejects.toMatchObject({ code: 'AccessDenied' });
  await late.close();
});

it.each([
  ['GET', PATH_3_0],
  ['POST', '/2023-03-30/functions'],
])('supports nothing but invocations: not %s %s', async (method, path) => {
  const response = await fetch(`${api.url}${path}`, { method });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ Code: 'PathNotSupported' });
});
