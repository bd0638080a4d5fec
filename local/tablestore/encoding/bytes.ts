/** Bytes being read: all before `position` is taken, and nothing from `end` on belongs to it. */
export interface Input {
  readonly bytes: Buffer;
  position: number;
  readonly end: number;
}

/** Bytes being written: `length` of them so far. */
export interface Output {
  bytes: Buffer;
  length: number;
}

/** The bytes do not hold what their lengths announce. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

export function inputOf(bytes: Buffer): Input {
  return { bytes, position: 0, end: bytes.length };
}

/** Moves past `count` bytes and returns where they start. @throws {MalformedError} when there are fewer. */
export function skip(input: Input, count: number): number {
  const start = input.position;
  if (count > input.end - start) throw new MalformedError('the bytes end too early');
  input.position = start + count;
  return start;
}

export function takeByte(input: Input): number {
  const start = skip(input, 1);
  return input.bytes[start] as number;
}

/** A view, not a copy. */
export function takeBytes(input: Input, count: number): Buffer {
  const start = skip(input, count);
  return input.bytes.subarray(start, start + count);
}

export function takeUint32(input: Input): number {
  return input.bytes.readUInt32LE(skip(input, 4));
}

export function takeInt64(input: Input): bigint {
  return input.bytes.readBigInt64LE(skip(input, 8));
}

export function takeDouble(input: Input): number {
  return input.bytes.readDoubleLE(skip(input, 8));
}

const FIRST_BYTES = 256;

/** @param capacity how many bytes are expected; the buffer grows when there are more. */
export function newOutput(capacity = FIRST_BYTES): Output {
  return { bytes: Buffer.allocUnsafe(capacity), length: 0 };
}

export function writtenBytes(output: Output): Buffer {
  return output.bytes.subarray(0, output.length);
}

/** Makes room for `count` bytes and returns where they start. */
export function reserve(output: Output, count: number): number {
  const start = output.length;
  const end = start + count;
  if (end > output.bytes.length) {
    const larger = Buffer.allocUnsafe(Math.max(end, 2 * output.bytes.length));
    output.bytes.copy(larger, 0, 0, start);
    output.bytes = larger;
  }
  output.length = end;
  return start;
}

export function putByte(output: Output, byte: number): void {
  const start = reserve(output, 1);
  output.bytes[start] = byte;
}

export function putBytes(output: Output, bytes: Buffer): void {
  const start = reserve(output, bytes.length);
  bytes.copy(output.bytes, start);
}

export function putUint32(output: Output, value: number): void {
  const start = reserve(output, 4);
  output.bytes.writeUInt32LE(value, start);
}

export function putInt64(output: Output, value: bigint): void {
  const start = reserve(output, 8);
  output.bytes.writeBigInt64LE(value, start);
}

export function putDouble(output: Output, value: number): void {
  const start = reserve(output, 8);
  output.bytes.writeDoubleLE(value, start);
}
