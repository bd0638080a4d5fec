import type { RequestListener } from 'node:http';
import { USER_AGENT } from '../../shared/lib/user-agent.ts';
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

it('asks Tablestore by name and version, because some firewalls let no stranger through', async () => {
  const made = await startTestJournal();
  const names: unknown[] = [];
  const refuse: RequestListener = ({ headers }, response) => {
    names.push(headers['user-agent']);
    response.writeHead(403).end();
  };
  try {
    await withServer(refuse, async (endpoint) => {
      await expect(made.journal({ endpoint }).head(SCOPE)).rejects.toThrow();
    });
    expect([...new Set(names)]).toEqual([USER_AGENT]);
  } finally {
    await made.close();
  }
});
