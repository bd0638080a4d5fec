import { type Input, MalformedError, type Output, putByte, takeByte } from './bytes.ts';

const MORE = 0x80;
const PAYLOAD_BITS = 7n;
/** A 64-bit number in groups of seven bits. */
const MAX_BYTES = 10;

/** The low 32 bits of a varint, unsigned. A negative int32 comes in ten bytes, of which the first five matter. */
export function takeVarint32(input: Input): number {
  let value = 0;
  for (let index = 0; index < MAX_BYTES; index += 1) {
    const byte = takeByte(input);
    if (index < 5) value |= (byte & 0x7f) << (7 * index);
    if (byte < MORE) return value >>> 0;
  }
  throw new MalformedError('a varint does not end');
}

export function takeVarint64(input: Input): bigint {
  let value = 0n;
  for (let index = 0; index < MAX_BYTES; index += 1) {
    const byte = takeByte(input);
    value |= BigInt(byte & 0x7f) << (PAYLOAD_BITS * BigInt(index));
    if (byte < MORE) return BigInt.asIntN(64, value);
  }
  throw new MalformedError('a varint does not end');
}

export function putVarint32(output: Output, value: number): void {
  let rest = value >>> 0;
  while (rest >= MORE) {
    putByte(output, (rest & 0x7f) | MORE);
    rest >>>= 7;
  }
  putByte(output, rest);
}

/** How many bytes `putVarint32` takes for it. */
export function varintBytes(value: number): number {
  if (value < 2 ** 7) return 1;
  if (value < 2 ** 14) return 2;
  if (value < 2 ** 21) return 3;
  return value < 2 ** 28 ? 4 : 5;
}

export function putVarint64(output: Output, value: bigint): void {
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    putByte(output, Number(rest & 0x7fn) | MORE);
    rest >>= PAYLOAD_BITS;
  }
  putByte(output, Number(rest));
}
