import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import {
  addressesOfEcs,
  addressOfTablestore,
  reasonFor,
  whyNotReached,
} from '../../commands/reach.ts';
import { aScope } from '../helpers/examples.ts';

const SETTINGS = 'from WATCH_REGIONS or WATCH_CONFIG';

describe('an address that the watcher needs', () => {
  const open: { close(): unknown }[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  async function portOf(server: Server | ReturnType<typeof createSocketServer>): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(server);
    return (server.address() as AddressInfo).port;
  }

  const reach = (url: string) => whyNotReached({ url, origin: 'ECS_ENDPOINT' }, 300);

  it('is reached when anything answers, even with a refusal', async () => {
    const port = await portOf(createServer((_, response) => response.writeHead(403).end('no')));

    expect(await reach(`http://127.0.0.1:${port}`)).toBeUndefined();
  });

  it('is named with its variable when nothing listens there', async () => {
    const free = createSocketServer();
    const port = await portOf(free);
    await new Promise((resolve) => free.close(resolve));

    expect(await reach(`http://127.0.0.1:${port}`)).toBe(
      `127.0.0.1:${port} (ECS_ENDPOINT) refuses connections: nothing listens there`,
    );
  });

  it('is named when it accepts a connection and never answers', async () => {
    // It reads what comes, so that a client that goes leaves no open socket.
    const port = await portOf(createSocketServer((socket) => socket.resume()));

    expect(await reach(`http://127.0.0.1:${port}`)).toMatch(
      /^127\.0\.0\.1:\d+ \(ECS_ENDPOINT\) does not answer/u,
    );
  });

  it('is named when there is no TLS behind https', async () => {
    const port = await portOf(createServer((_, response) => response.end('plain')));

    expect(await reach(`https://127.0.0.1:${port}`)).toMatch(/certificate \(.*\): check/u);
  });

  it.each([
    ['ENOTFOUND', 'not a known host name'],
    ['EAI_AGAIN', 'whether this machine has a network'],
    ['ENETUNREACH', 'not reachable from this network'],
    ['CERT_HAS_EXPIRED', 'valid certificate'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'valid certificate'],
    ['ECONNRESET', 'breaks the connection off'],
  ])('has a reason for %s', (code, reason) => {
    expect(reasonFor(code)).toContain(reason);
    expect(reasonFor(code)).toContain(code);
  });

  it('is the endpoint of each region once, or the one of ECS_ENDPOINT', () => {
    const scopes = [aScope('cn-hangzhou'), aScope('cn-shanghai'), aScope('cn-shanghai')];
    const tablestore = { endpoint: 'https://a.ots.aliyuncs.com', instance: 'a', tablePrefix: '' };

    expect(addressesOfEcs(scopes, undefined)).toEqual([
      { url: 'https://ecs-cn-hangzhou.aliyuncs.com', origin: `region cn-hangzhou, ${SETTINGS}` },
      { url: 'https://ecs.cn-shanghai.aliyuncs.com', origin: `region cn-shanghai, ${SETTINGS}` },
    ]);
    expect(addressesOfEcs(scopes, 'http://127.0.0.1:7801')).toEqual([
      { url: 'http://127.0.0.1:7801', origin: 'ECS_ENDPOINT' },
    ]);
    expect(addressOfTablestore({ tablestore }).origin).toBe('TABLESTORE_ENDPOINT');
  });
});
