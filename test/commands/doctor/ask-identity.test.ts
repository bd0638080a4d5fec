import type { RequestListener } from 'node:http';
import { askIdentity } from '../../../commands/doctor/ask-identity.ts';
import { SYSTEM_RUNTIME } from '../../../shared/lib/runtime.ts';
import { withServer } from '../../helpers/http-server.ts';
import { CREDENTIALS } from '../../helpers/tablestore.ts';

describe('whose a key is', () => {
  it('is asked again when the connection ends without an answer', async () => {
    let requests = 0;
    const listener: RequestListener = (request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else
        response.end('{"AccountId":"1234567890123456","Arn":"acs:ram::1234567890123456:user/ops"}');
    };
    await withServer(listener, async (endpoint) => {
      const answer = await askIdentity({
        environment: { STS_ENDPOINT: endpoint },
        credentials: CREDENTIALS,
        runtime: SYSTEM_RUNTIME,
        redact: (text) => text,
      });

      expect(answer.identity?.accountId).toBe('1234567890123456');
      expect(requests).toBe(2);
    });
  });
});
