import type { IncomingMessage } from 'node:http';
import { constants, unzipSync } from 'node:zlib';

/** An answer is larger than it may be, as it came or unpacked. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
  readonly code = 'TooLarge';
}

/**
 * The body of an answer, unpacked: `maxBytes` at most, so that no answer fills the memory. Of a
 * larger one the rest is not read, and its connection is closed.
 * @throws {TooLargeError}
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving this loop early destroys the response.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLargeError(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return unpacked(Buffer.concat(chunks), response.headers['content-encoding'], maxBytes);
}

const PACKED = /^(?:x-)?gzip$|^deflate$/iu;

/**
 * Bytes as they were before a server packed them; what is broken off is unpacked as far as it goes.
 * @throws {TooLargeError} before more than `maxBytes` are in memory
 */
export function unpacked(bytes: Buffer, encoding: string | undefined, maxBytes: number): Buffer {
  if (encoding === undefined || !PACKED.test(encoding)) return bytes;
  const finishFlush = constants.Z_SYNC_FLUSH;
  try {
    return unzipSync(bytes, { maxOutputLength: maxBytes, finishFlush });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new TooLargeError(`more than ${maxBytes} bytes, unpacked`);
  }
}
