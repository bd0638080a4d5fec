/** CRC-8 with polynomial x⁸+x²+x+1, not reflected: the checksum of PlainBuffer cells and rows. */
const CRC8_POLYNOMIAL = 0x07;

const CRC8_TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 0x80 ? ((crc << 1) ^ CRC8_POLYNOMIAL) & 0xff : crc << 1;
  }
  return crc;
});

// What a byte amounts to one, two and three bytes later.
const LATER_1 = CRC8_TABLE.map((crc) => CRC8_TABLE[crc] as number);
const LATER_2 = LATER_1.map((crc) => CRC8_TABLE[crc] as number);
const LATER_3 = LATER_2.map((crc) => CRC8_TABLE[crc] as number);

/** Continues `crc` over the bytes from `start` to before `end`. */
export function crc8(crc: number, bytes: Buffer, start: number, end: number): number {
  let checksum = crc;
  let index = start;
  // Four bytes at a time: looked up one after the other, each byte would wait for the one before.
  for (; index + 4 <= end; index += 4) {
    checksum =
      (LATER_3[checksum ^ (bytes[index] as number)] as number) ^
      (LATER_2[bytes[index + 1] as number] as number) ^
      (LATER_1[bytes[index + 2] as number] as number) ^
      (CRC8_TABLE[bytes[index + 3] as number] as number);
  }
  for (; index < end; index += 1) {
    checksum = CRC8_TABLE[checksum ^ (bytes[index] as number)] as number;
  }
  return checksum;
}

export function crc8OfByte(crc: number, byte: number): number {
  return CRC8_TABLE[crc ^ byte] as number;
}
