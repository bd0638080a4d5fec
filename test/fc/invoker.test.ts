import type { RequestListener, ServerResponse } from 'node:http';
import { type FunctionRuntime, startInvokeApi } from '../../local/fc/index.ts';
import type { LocalServer } from '../../local/server.ts';
import { fc2Invoker } from '../../shared/fc/fc2-invoker.ts';
import { functionInvoker } from '../../shared/fc/invoker.ts';
import { loadedInvoker } from '../../shared/fc/loaded-invoker.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { functionOf } from '../helpers/function-of.ts';
import { deadAddress, withServer } from '../helpers/http-server.ts';
import { KEY, ROLE_KEY } from '../helpers/inventory.ts';

const SECRET = 'secret-of-a-channel';
const PATIENCE_MS = 5_000;

const FULL: FunctionRuntime = {
  ...functionOf(() => ''),
  invoke: async () => ({ kind: 'throttled', requestId: 'r-2' }),
};
const KILLED: FunctionRuntime = {
  ...functionOf(() => ''),
  invoke: async () => ({
    kind: 'failed',
    requestId: 'r-3',
    reason: 'exited',
    error: { errorMessage: 'Process exited unexpectedly before completing request' },
  }),
};
const FUNCTIONS: Readonly<Record<string, FunctionRuntime>> = {
  echo: functionOf((event) => event.toString()),
  throws: functionOf(() => {
    throw new TypeError(`cannot post to ${SECRET}`);
  }),
  full: FULL,
  killed: KILLED,
};

let api: LocalServer;
beforeAll(async () => {
  api = await startInvokeApi({ find: (name) => FUNCTIONS[name], accessKeys: [KEY, ROLE_KEY] });
});
afterAll(() => api.close());

const PLACE = { accountId: '1234567890123456', serviceName: 'ecs-watch' };

describe.each(['3.0', '2.0'])('the official client invokes a function of FC %s', (version) => {
  function invoke(
    name: string,
    event = '{}',
    { credentials = KEY as Credentials, endpoint = api.url, timeoutMs = PATIENCE_MS } = {},
  ) {
    const redact = redactor([SECRET, ...Object.values(credentials)]);
    const region = 'cn-hangzhou';
    const options = { region, runtime: SYSTEM_RUNTIME, credentials, endpoint, redact };
    const invoker = version === '2.0' ? fc2Invoker(options, PLACE) : functionInvoker(options);
    return invoker.invoke(name, event, timeoutMs);
  }

  it.each([
    ['a lasting', KEY],
    ['a temporary', ROLE_KEY],
  ])('with %s key, and returns what the function returns', async (_, credentials) => {
    const event = JSON.stringify({
      scopes: ['main/cn-hangzhou', '云'],
      filler: 'x'.repeat(100_000),
    });

    expect(await invoke('echo', event, { credentials })).toEqual({ kind: 'answered', body: event });
  });

  it('and knows what the function threw, without its secrets', async () => {
    expect(await invoke('throws')).toEqual({
      kind: 'failed',
      type: 'TypeError',
      reason: 'TypeError: cannot post to [secret]',
    });
  });

  it('and knows that its process was killed', async () => {
    expect(await invoke('killed')).toEqual({
      kind: 'failed',
      reason: 'Process exited unexpectedly before completing request',
    });
  });

  it.each([
    ['has no room', 'full', KEY, true, /^ResourceExhausted: /u],
    ['does not exist', 'nowhere', KEY, false, /^there is no function nowhere.*FunctionNotFound: /u],
    [
      'is not for this key',
      'echo',
      { ...KEY, accessKeySecret: 'wrong' },
      false,
      /^SignatureNotMatch/u,
    ],
    [
      'is not for a stranger',
      'echo',
      { ...KEY, accessKeyId: 'stranger' },
      false,
      /^InvalidAccessKeyID/u,
    ],
  ])(
    'and knows that a function that %s did not start',
    async (_, name, credentials, isBusy, words) => {
      expect(await invoke(name, '{}', { credentials })).toEqual({
        kind: 'unstarted',
        isBusy,
        reason: expect.stringMatching(words),
      });
    },
  );

  it('and knows that it never came through', async () => {
    expect(await invoke('echo', '{}', { endpoint: await deadAddress() })).toMatchObject({
      kind: 'unstarted',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each<[string, RequestListener, RegExp]>([
    ['does not come in time', () => undefined, /no answer within 300 ms/u],
    ['breaks off', (_, response) => response.writeHead(200).socket?.destroy(), /broke off/u],
    [
      'is an error of the service, behind which a function may run',
      (_, response) => refuse(response, 500, 'InternalServerError', 'm'),
      /^InternalServerError: m$/u,
    ],
    [
      'is the page of a proxy',
      (_, response) => response.writeHead(502).end('<html>'),
      /^HTTP 502$/u,
    ],
  ])(
    'and does not know what became of an invocation whose answer %s',
    async (_, listener, words) => {
      const invocation = await withServer(listener, (endpoint) =>
        invoke('echo', '{}', { endpoint, timeoutMs: 300 }),
      );

      expect(invocation).toEqual({ kind: 'unknown', reason: expect.stringMatching(words) });
    },
  );

  it.each(['AccessDenied', 'Forbidden.RAM'])('and says which right %s is about', async (code) => {
    const invocation = await withServer(
      (_, response) => refuse(response, 403, code, `not with ${SECRET}`),
      (endpoint) => invoke('scan', '{}', { endpoint }),
    );

    expect(invocation).toEqual({
      kind: 'unstarted',
      isBusy: false,
      reason:
        'the role may not invoke scan: allow fc:InvokeFunction, as npm run setup does; ' +
        `${code}: not with [secret]`,
    });
  });

  it('over a connection of its own each time: a frozen function would find a dead one', async () => {
    const connections: (string | undefined)[] = [];
    const listener: RequestListener = ({ headers }, response) => {
      connections.push(headers.connection);
      response.end('ok');
    };

    await withServer(listener, (endpoint) => invoke('echo', '{}', { endpoint }));

    expect(connections).toEqual(['close']);
  });
});

it('a client that was not deployed is named, and nothing is thrown', async () => {
  const invoker = loadedInvoker(() =>
    Promise.reject(new Error("Cannot find module './fc2-invoker.js'\nRequire stack:\n- /code")),
  );

  expect(await invoker.invoke('scan', '{}', PATIENCE_MS)).toEqual({
    kind: 'unstarted',
    isBusy: false,
    reason:
      'the client of Function Compute 2.0 was not loaded: ' +
      "Cannot find module './fc2-invoker.js'; deploy all files of dist/watch",
  });
});

/** A refusal in the forms of both versions. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = { Code: code, Message: message, ErrorCode: code, ErrorMessage: message };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
