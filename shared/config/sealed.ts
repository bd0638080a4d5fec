import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { shape } from '../lib/shape.ts';

/** The key under which the values of a file's variables are embedded: 256 bits. */
export const SEAL_KEY = shape(
  /^[0-9a-fA-F]{64}$/u,
  '64 hexadecimal digits (openssl rand -hex 32 makes them)',
);

const CIPHER = 'aes-256-gcm';
/** Source: NIST SP 800-38D, 5.2.1.1 and 5.2.1.2: 96 bits are recommended, and a tag of 128. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Name of a variable → its value. */
export type SealedValues = Readonly<Record<string, string>>;

/**
 * The values, encrypted. The same values make the same text, so that a build changes nothing without
 * need: the IV is a keyed hash of what is encrypted, and differs for every other text.
 */
export function seal(values: SealedValues, keyHex: string): string {
  const key = Buffer.from(keyHex, 'hex');
  const text = JSON.stringify(
    Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  const iv = createHmac('sha256', key).update(`iv ${text}`).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** What was sealed; null: with another key, or the text is damaged. */
export function unseal(sealed: string, keyHex: string): SealedValues | null {
  const bytes = Buffer.from(sealed, 'base64');
  const iv = bytes.subarray(0, IV_BYTES);
  const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, Buffer.from(keyHex, 'hex'), iv);
    decipher.setAuthTag(tag);
    const text = Buffer.concat([
      decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)),
      decipher.final(),
    ]);
    return Object.fromEntries(JSON.parse(text.toString('utf8')));
  } catch {
    return null;
  }
}
