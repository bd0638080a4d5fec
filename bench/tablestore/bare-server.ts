import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What HTTP alone takes: this server reads no request, and answers with the length that the request asks for and with
 * headers as long as Tablestore's. It is a program of its own, and prints its address as `commands/local.ts` does.
 */
const HEADERS = {
  'x-ots-contentmd5': 'A'.repeat(24),
  'x-ots-contenttype': 'protocol buffer',
  'x-ots-date': new Date().toISOString(),
  'x-ots-requestid': '0'.repeat(36),
  Authorization: `OTS ${'A'.repeat(53)}`,
};

function main(): void {
  const bodies = new Map<number, Buffer>();
  const bodyOf = (length: number): Buffer => {
    const body = bodies.get(length) ?? Buffer.alloc(length);
    bodies.set(length, body);
    return body;
  };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const body = bodyOf(Number(request.headers['x-answer-bytes']));
      response.writeHead(200, { ...HEADERS, 'Content-Length': body.length });
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
  });
  process.on('SIGTERM', () => process.exit(0));
}

main();
