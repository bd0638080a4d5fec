import { createHmac, randomUUID } from 'node:crypto';
import { createHandler, type Handler } from '../../../functions/view/index.ts';
import { watchHandler } from '../../../functions/watch/index.ts';
import { type FunctionRuntime, startHttpTrigger } from '../../../local/fc/index.ts';
import { LOCAL_KEYS } from '../../../local/index.ts';
import type { LocalServer } from '../../../local/server.ts';
import { type Product, startProduct } from '../../helpers/product.ts';

/** The key pair of the replica. Both are of the shapes of a real pair. */
export const REPLICA_KEY = {
  accessKeyId: 'LTAIreplica0000000000000',
  accessKeySecret: 'secret-of-the-replica-0000000000',
};

export const SWITCH = {
  REPLICA_ACCESS_KEY_ID: REPLICA_KEY.accessKeyId,
  REPLICA_ACCESS_KEY_SECRET: REPLICA_KEY.accessKeySecret,
};

/** As s.yaml has them. */
export const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** A product whose clock is near that of the machine, by which the official clients sign. */
export function startSignedProduct(options: Parameters<typeof startProduct>[0]): Promise<Product> {
  const minuteMs = 60_000;
  return startProduct(options, Math.floor(Date.now() / minuteMs) * minuteMs - 5 * minuteMs);
}

/** The view of a product behind an HTTP trigger, in this process, with its log. */
export interface ServedReplica extends LocalServer {
  readonly logs: string[];
}

export async function serveReplica(
  product: Product,
  variables: Readonly<Record<string, string>> = SWITCH,
): Promise<ServedReplica> {
  const logs: string[] = [];
  const handler = replicaHandler(product, logs, variables);
  return Object.assign(await serve(() => handler), { logs });
}

/** Serves each request by the instance of the function that `choose` gives. */
export function serve(choose: () => Handler): Promise<LocalServer> {
  const target: FunctionRuntime = {
    name: 'view',
    async invoke(event) {
      const requestId = randomUUID();
      const answer = await choose()(event, { requestId, credentials: LOCAL_KEYS });
      return { kind: 'returned', requestId, body: Buffer.from(JSON.stringify(answer)) };
    },
    enqueue: () => '',
    drain: async () => undefined,
    close: async () => undefined,
  };
  return startHttpTrigger({ target, methods: METHODS });
}

/** One instance of the view function, cold. */
export function replicaHandler(
  { environment, runtime }: Product,
  logs: string[] = [],
  variables: Readonly<Record<string, string>> = SWITCH,
): Handler {
  const { WATCH_REGIONS = '', TABLESTORE_ENDPOINT = '', TABLESTORE_INSTANCE = '' } = environment;
  const settings = { WATCH_REGIONS, TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, ...variables };
  return createHandler(settings, (line) => logs.push(line), runtime);
}

/**
 * Signs as apache-libcloud does in `libcloud/common/aliyun.py` (AliyunRequestSignerAlgorithmV1_0): by
 * its own percent-encoding, and over whatever parameters it is given.
 */
export function libcloudSignature(
  method: string,
  parameters: Readonly<Record<string, string>>,
  secret: string,
): string {
  const quote = (text: string, safe: string): string =>
    [...Buffer.from(text)]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        const isSafe = /[A-Za-z0-9_.-]/u.test(character) || safe.includes(character);
        return isSafe ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  const pairs = Object.keys(parameters)
    .sort()
    .map((name) => `${quote(name, '~')}=${quote(parameters[name] ?? '', '~')}`);
  const text = [method, quote('/', ''), quote(pairs.join('&'), '-_.~')].join('&');
  return createHmac('sha1', `${secret}&`).update(text).digest('base64');
}

/** The parameters that libcloud adds to those of a call; it asks for XML. */
export function libcloudParameters(
  parameters: Readonly<Record<string, string>>,
  { accessKeyId, accessKeySecret } = REPLICA_KEY,
  method: 'GET' | 'POST' = 'GET',
): Readonly<Record<string, string>> {
  const signed = {
    Format: 'XML',
    Timestamp: signedTime(Date.now()),
    ...parameters,
    Version: '2014-05-26',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
  };
  return { ...signed, Signature: libcloudSignature(method, signed, accessKeySecret) };
}

/** A time as requests carry it. */
export function signedTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/u, 'Z');
}

/** One tick of a warm watch function, after which no time has passed. */
export function tickInPlace({ environment, runtime }: Product): () => Promise<void> {
  const watch = watchHandler(environment, () => undefined, runtime);
  return async () => {
    const { ok } = await watch(Buffer.from('{}'), { credentials: LOCAL_KEYS });
    expect(ok).toBe(true);
  };
}
