import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { JournalError } from '../../shared/ports/journal.ts';
import { aCommit, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { failureOf } from '../helpers/failure-of.ts';
import { deadAddress, withServer } from '../helpers/http-server.ts';
import { CREDENTIALS } from '../helpers/tablestore.ts';
import { startTestJournal, type TablestoreJournal } from '../helpers/tablestore-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

/** The connections to Tablestore: each request ends in time and in size, and its connection with it. */
describe('a request to Tablestore', () => {
  let made: TablestoreJournal;
  beforeEach(async () => {
    made = await startTestJournal();
  });
  afterEach(() => made.close());

  it.each<[string, (response: ServerResponse) => void]>([
    ['is never answered', () => undefined],
    ['is answered by half', (response) => response.writeHead(200).write('half')],
    [
      'is answered for ever, slowly',
      (response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write('a'), 5);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('that %s ends at its deadline, and its connection with it', async (_what, answer) => {
    // A machine that is busy may give up before the server has seen a request: then none has to end.
    const connectionEnds: Promise<unknown>[] = [];
    const listener: RequestListener = (request, response) => {
      connectionEnds.push(endOf(request.socket));
      request.resume().on('end', () => answer(response));
    };
    await withServer(listener, async (endpoint) => {
      const error = await failure(made.reader({ endpoint, deadlineMs: NOW_MS + 60 }).head(SCOPE));

      expect(error).toMatchObject({ kind: 'failed', code: 'NetworkError' });
      expect(error.message).toContain('no answer within');
      await Promise.all(connectionEnds);
    });
  });

  it('whose answer never ends is given up after 12 MB', async () => {
    const chunk = Buffer.alloc(1_000_000);
    let sent = 0;
    const listener: RequestListener = (request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      request.resume().on('end', () => {
        response.writeHead(200).on('drain', more);
        more();
      });
    };
    await withServer(listener, async (endpoint) => {
      const runtime = virtualRuntime(NOW_MS);
      const error = await failure(made.journal({ endpoint, runtime }).append(aCommit()));

      expect(error).toMatchObject({ kind: 'unknown', code: 'NetworkError' });
      expect(error.message).toContain('an answer of more than 12000000 bytes');
      // What was on its way may have been sent.
      expect(sent).toBeLessThan(40_000_000);
    });
  });

  it('that nothing listens to names the host, its port and the variable, and is certain', async () => {
    const endpoint = await deadAddress();

    const error = await failure(made.journal({ endpoint }).append(aCommit()));

    expect(error).toMatchObject({ kind: 'failed', code: 'NetworkError' });
    expect(error.message).toBe(
      `${new URL(endpoint).host} (TABLESTORE_ENDPOINT) was not reached: ECONNREFUSED`,
    );
  });

  it.each(['a line end\r', 'a letter that is not ASCII 支'])(
    'that no header can hold (%s) is made once',
    async (accessKeyId) => {
      const runtime = virtualRuntime(NOW_MS);
      const credentials = { ...CREDENTIALS, accessKeyId };

      const error = await failure(made.journal({ credentials, runtime }).append(aCommit()));

      expect(error).toMatchObject({ kind: 'failed', code: 'InvalidRequest' });
      expect(error.message).toMatch(/cannot be sent: .*x-ots-accesskeyid/u);
      expect(runtime.sleptMs).toBe(0);
    },
  );

  describe('on a kept connection that was dropped without a sign', () => {
    /** Tablestore behind a network that has dropped every connection that was used before. */
    const behindFreeze = async (
      use: (endpoint: string, requests: readonly string[], freeze: () => void) => Promise<void>,
    ): Promise<void> => {
      const dropped = new Set<Socket>();
      const known = new Set<Socket>();
      const requests: string[] = [];
      const listener: RequestListener = (request, response) => {
        const { socket, url = '' } = request;
        known.add(socket);
        requests.push(dropped.has(socket) ? `${url} lost` : url);
        if (dropped.has(socket)) request.resume();
        else void passOn(made, request, response);
      };
      const freeze = (): void => {
        for (const socket of known) dropped.add(socket);
      };
      await withServer(listener, (endpoint) => use(endpoint, requests, freeze));
    };

    it('is noticed within a second when it reads, and repeated once on a new one', async () => {
      await made.journal().append(aCommit({ seq: 1 }));
      await behindFreeze(async (endpoint, requests, freeze) => {
        const runtime = virtualRuntime(NOW_MS);
        const reader = made.reader({ endpoint, runtime });
        await reader.lastSeq(SCOPE);
        freeze();

        expect(await reader.lastSeq(SCOPE)).toBe(1);

        expect(requests).toEqual(['/GetRange', '/GetRange lost', '/GetRange']);
        // The caller has seen no failure.
        expect(runtime.sleptMs).toBe(0);
      });
    });

    it('is not repeated when it writes: it may have been done', async () => {
      await made.journal().append(aCommit({ seq: 1 }));
      await behindFreeze(async (endpoint, requests, freeze) => {
        await made.journal({ endpoint }).lastSeq(SCOPE);
        freeze();
        const hurried = made.journal({ endpoint, deadlineMs: NOW_MS + 1_500 });

        const error = await failure(hurried.append(aCommit({ seq: 2 })));

        expect(error).toMatchObject({ kind: 'unknown', code: 'NetworkError' });
        expect(requests).toEqual(['/GetRange', '/PutRow lost']);
      });
    });
  });
});

/** The request goes on to the local Tablestore, and its answer comes back. */
async function passOn(
  { server }: TablestoreJournal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.entries(request.headers).filter(([name]) => name.startsWith('x-ots-'));
  const answer = await fetch(`${server.url}${request.url}`, {
    method: 'POST',
    headers: headers as [string, string][],
    body: Buffer.concat(chunks),
  });
  response.writeHead(answer.status, [...answer.headers].flat());
  response.end(Buffer.from(await answer.arrayBuffer()));
}

/** A connection that is reset while it is written to ends with an error: it has ended all the same. */
function endOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

function failure(call: Promise<unknown>): Promise<JournalError> {
  return failureOf(call, JournalError);
}
