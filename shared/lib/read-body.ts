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
  const bytes = await readBytes(
    response,
    maxBytes,
    () => new TooLargeError(`more than ${maxBytes} bytes`),
  );
  return unpacked(bytes, response.headers['content-encoding'], maxBytes);
}

/** The body of an answer as it came. @throws what `tooLarge` makes, for a larger one */
export async function readBytes(
  response: AsyncIterable<Buffer>,
  maxBytes: number,
  tooLarge: () => Error,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving this loop early destroys the response.
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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
