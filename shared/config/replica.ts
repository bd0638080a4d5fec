import { shape } from '../lib/shape.ts';
import type { VariableReader } from './reader.ts';

/** The key pair that clients of the replica sign with, and the host that they sign. */
export interface ReplicaConfig {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Absent: the `Host` that a request comes with. */
  readonly host?: string;
  /** The account that the key pair stands for. Absent: all that are watched, as one. */
  readonly account?: string;
}

const KEY_ID = shape(/^[\w.-]{3,128}$/u, 'a key id (3 to 128 letters, digits, dots or hyphens)');
/** A request shows its signature to everything on its way: a short secret could be found from it. */
const SECRET = shape(
  /^[\x21-\x7e]{16,128}$/u,
  '16 to 128 ASCII characters without spaces (openssl rand -hex 24 makes one)',
);
const ALIAS = shape(/^[\w.-]{1,64}$/u, 'the alias of an account');
const HOST = shape(/^[a-z0-9.-]{1,253}(?::\d{1,5})?$/iu, 'a host name, with a port if it has one');

/** Undefined: the replica is switched off. */
export function configuredReplica(read: VariableReader): ReplicaConfig | undefined {
  const accessKeyId = read.text('REPLICA_ACCESS_KEY_ID', KEY_ID);
  const accessKeySecret = read.text('REPLICA_ACCESS_KEY_SECRET', SECRET);
  const host = read.text('REPLICA_HOST', HOST);
  const account = read.text('REPLICA_ACCOUNT', ALIAS);
  if (accessKeyId !== undefined && accessKeySecret !== undefined) {
    const key = { accessKeyId, accessKeySecret, ...(host !== undefined && { host }) };
    return { ...key, ...(account !== undefined && { account }) };
  }
  if (accessKeyId !== undefined) {
    read.refuseMissing('REPLICA_ACCESS_KEY_SECRET', 'REPLICA_ACCESS_KEY_ID is set without it');
  }
  if (accessKeySecret !== undefined) {
    read.refuseMissing('REPLICA_ACCESS_KEY_ID', 'REPLICA_ACCESS_KEY_SECRET is set without it');
  }
  return undefined;
}
