import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Controlled } from '../control.ts';
import { type LocalServer, listen, readBody } from '../server.ts';
import { ACTIONS, type Changeable } from './acts.ts';
import { faultPlaces } from './fault-places.ts';
import { placesOf } from './fleets.ts';
import { livePages, type Parts } from './live.ts';
import { isOwnOrigin } from './origin.ts';
import { CONTENT_SECURITY_POLICY, consolePage } from './page.ts';
import { faultParts } from './parts/faults.ts';
import { inboxPart } from './parts/inbox.ts';
import { instanceParts } from './parts/instances.ts';
import { tickPart } from './parts/tick.ts';
import { type Query, readQuery } from './query.ts';
import { wordsOf } from './words/language.ts';

export interface ConsoleOptions {
  /** What the console shows and changes. */
  readonly cloud: Controlled;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Of the phones that the messages are drawn on. */
  readonly timeZone?: string;
  /** The address of the product's page, if it is served. */
  readonly page?: string;
  /** When the watcher looks next, if that is known; milliseconds since 1970. */
  readonly nextTickMs?: () => number;
}

/** A form of the page is far smaller. */
const MAX_FORM_BYTES = 16 * 1024;

/** A page on which a person plays the cloud: its instances and faults as buttons, its inbox beside them. */
export async function startConsole(options: ConsoleOptions): Promise<LocalServer> {
  const { cloud, port = 0, timeZone = 'UTC', page, nextTickMs } = options;
  const { ecs, channels } = cloud;
  const changeable: Changeable = { fleets: ecs.fleets, places: faultPlaces(cloud) };
  const links = { inbox: `${channels.url}/`, ...(page !== undefined && { page }) };
  const pages = livePages();

  const partsFor = (query: Query): Parts => {
    const words = wordsOf(query.language);
    const { counts, instances } = instanceParts(ecs.fleets, query.search, words);
    const { faultCount, faults } = faultParts(changeable.places, words);
    const inbox = inboxPart(channels.inbox, query, timeZone, words);
    const parts = {
      tick: tickPart(nextTickMs?.(), words),
      counts,
      instances,
      faultCount,
      faults,
      inbox,
    };
    return Object.fromEntries(Object.entries(parts).map(([name, { markup }]) => [name, markup]));
  };

  const show = async (url: URL, query: Query, response: ServerResponse): Promise<void> => {
    if (url.pathname === '/live') return pages.connect(response, () => partsFor(query));
    if (url.pathname !== '/') return answer(response, 404, 'not found\n');
    answer(response, 200, consolePage(query, placesOf(ecs.fleets), links), PAGE_HEADERS);
  };

  const act = async (
    url: URL,
    { language }: Query,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const words = wordsOf(language);
    const body = await readBody(request, MAX_FORM_BYTES);
    if (!isOwnOrigin(request.headers)) return answer(response, 403, words.refused.otherOrigin);
    const action = ACTIONS.get(url.pathname);
    if (action === undefined) return answer(response, 404, 'not found\n');
    const fields = new URLSearchParams(body.toString());
    const { status, said } = ecs.atOneTime(() => action(fields, changeable, words));
    pages.refresh();
    answer(response, status, said);
  };

  return listen(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const query = readQuery(url.searchParams, request.headers['accept-language']);
    switch (request.method) {
      case 'GET':
        return show(url, query, response);
      case 'POST':
        return act(url, query, request, response);
      default:
        return answer(response, 405, 'GET or POST\n', { allow: 'GET, POST' });
    }
  }, port);
}

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CONTENT_SECURITY_POLICY,
};

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
