import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { startConsole } from '../../local/console/index.ts';
import { type FunctionRuntime, startHttpTrigger, startInvokeApi } from '../../local/fc/index.ts';
import { startLocalCloud } from '../../local/index.ts';
import type { LocalServer } from '../../local/server.ts';

const LOCAL = join(__dirname, '..', '..', 'local');

describe('the servers of the local cloud', () => {
  let servers: readonly (readonly [name: string, server: LocalServer])[];
  let close: () => Promise<unknown>;
  beforeAll(async () => {
    const cloud = await startLocalCloud();
    const consoleServer = await startConsole({ cloud });
    const trigger = await startHttpTrigger({ target: NEVER_CALLED });
    const api = await startInvokeApi({ find: () => undefined, accessKeys: [] });
    servers = [
      ...(['ecs', 'sts', 'tablestore', 'channels', 'control'] as const).map(
        (name) => [name, cloud[name]] as const,
      ),
      ['console', consoleServer],
      ['HTTP trigger', trigger],
      ['invoke API', api],
    ];
    close = () => Promise.all([consoleServer.close(), cloud.close(), trigger.close(), api.close()]);
  });
  afterAll(() => close());

  it.each([
    ...['evil.example', 'evil.example:7804', '127.0.0.1.evil.example', 'localhost.evil.example'],
    ...['evil.example#localhost', 'user@127.0.0.1', '192.168.1.5', '0.0.0.0', '[::]'],
  ])('do not answer for the name %j, by which a page of the web could reach them', async (host) => {
    for (const [name, { port }] of servers) {
      for (const [method, path] of [
        ['PUT', '/faults/ecs'],
        ['GET', '/'],
      ] as const) {
        expect([name, await statusOf(port, host, method, path)]).toEqual([name, 421]);
      }
    }
  });

  it.each([
    '127.0.0.1',
    '127.0.0.1:7801',
    '127.1.2.3',
    'localhost',
    'LocalHost:7801',
    '[::1]:7801',
  ])('answer for %s', async (host) => {
    for (const [name, { port }] of servers) {
      // No server has such an address; the trigger refuses such a method.
      expect([name, await statusOf(port, host, 'TRACE', '/nothing')]).not.toEqual([name, 421]);
    }
  });

  it('are all started in one place, so that none can forget it', () => {
    const files = readdirSync(LOCAL, { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => /\.(?:ts|cjs)$/u.test(file));

    const starting = sources.filter((file) =>
      /createServer|createSecureServer/u.test(readFileSync(join(LOCAL, file), 'utf8')),
    );

    expect(starting).toEqual(['server.ts']);
  });
});

function statusOf(port: number, host: string, method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method, path, headers: { host } });
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.end();
  });
}

/** A refused request must not even start an instance. */
const NEVER_CALLED: FunctionRuntime = {
  name: 'never-called',
  invoke: () => Promise.reject(new Error('it was invoked')),
  enqueue: () => 'never',
  drain: async () => undefined,
  close: async () => undefined,
};
