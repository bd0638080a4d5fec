/** CRC-8 with polynomial x⁸+x²+x+1, not reflected: the checksum of PlainBuffer cells and rows. */
const POLYNOMIAL = 0x07;

const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 0x80 ? ((crc << 1) ^ POLYNOMIAL) & 0xff : crc << 1;
  }
  return crc;
});

/** Continues `crc` over the bytes from `start` to before `end`. */
export function crc8(crc: number, bytes: Buffer, start: number, end: number): number {
  let checksum = crc;
  for (let index = start; index < end; index += 1) {
    checksum = TABLE[checksum ^ (bytes[index] as number)] as number;
  }
  return checksum;
}

export function crc8OfByte(crc: number, byte: number): number {
  return TABLE[crc ^ byte] as number;
}
