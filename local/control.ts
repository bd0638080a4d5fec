import type { IncomingMessage, ServerResponse } from 'node:http';
import { CHANNELS, type ChannelsServer } from './channels/index.ts';
import type { EcsServer } from './ecs/index.ts';
import { type LocalServer, listen, readBody } from './server.ts';
import type { TablestoreServer } from './tablestore/index.ts';

/** The servers that faults can be asked of. */
export interface Controlled {
  readonly ecs: EcsServer;
  readonly tablestore: TablestoreServer;
  readonly channels: ChannelsServer;
}

const MAX_FAULTS_BYTES = 64 * 1024;

/**
 * Faults by HTTP: `PUT /faults/SERVER` with a list of faults as JSON, `[]` to end them. `GET /usage`
 * returns the use of ECS and Tablestore since the start.
 */
export function startControl(servers: Controlled, port: number): Promise<LocalServer> {
  const { ecs, tablestore, channels } = servers;
  const setters: Readonly<Record<string, (faults: never) => void>> = {
    '/faults/ecs': (faults) => ecs.setFaults(faults),
    '/faults/events': (faults) => ecs.events.setFaults(faults),
    '/faults/tablestore': (faults) => tablestore.setFaults(faults),
    ...Object.fromEntries(
      CHANNELS.map((name) => [
        `/faults/${name}`,
        (faults: never) => channels.setFaults(name, faults),
      ]),
    ),
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request;
    const body = await readBody(request, MAX_FAULTS_BYTES);
    const setFaults = Object.hasOwn(setters, url) ? setters[url] : undefined;
    if (method === 'GET' && url === '/usage') {
      return sendJson(response, 200, { ecs: ecs.usage, tablestore: tablestore.usage });
    }
    if (method !== 'PUT' || setFaults === undefined) {
      const known = [...Object.keys(setters).map((path) => `PUT ${path}`), 'GET /usage'];
      return sendJson(response, 404, { error: `Unknown address. Known: ${known.join(', ')}` });
    }
    try {
      setFaults(JSON.parse(body.toString('utf8')) as never);
      return sendJson(response, 200, { ok: true });
    } catch (error) {
      return sendJson(response, 400, {
        error: error instanceof Error ? error.message : 'bad body',
      });
    }
  };
  return listen(handle, port);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(body)}\n`);
}
