import type { RequestListener } from 'node:http';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { withServer } from '../helpers/http-server.ts';
import { startTestJournal } from '../helpers/tablestore-journal.ts';

it('gives up making tables after one timeout when the answers break off', async () => {
  const made = await startTestJournal();
  const notExist = '\u000a\u0011OTSObjectNotExist\u0012\u0002no';
  const breakOff: RequestListener = (request, response) => {
    request.resume().on('end', () => {
      if (request.url !== '/CreateTable') return response.writeHead(404).end(notExist);
      response.writeHead(200, { 'content-length': '1000' });
      return response.write('half', () => request.socket.destroy());
    });
  };
  try {
    await withServer(breakOff, async (endpoint) => {
      const journal = made.journal({ endpoint, deadlineMs: NOW_MS + 100 });

      await expect(journal.head(SCOPE)).rejects.toMatchObject({ code: 'NetworkError' });
    });
  } finally {
    await made.close();
  }
}, 20_000);
