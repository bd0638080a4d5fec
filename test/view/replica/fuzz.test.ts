import type { Handler } from '../../../functions/view/index.ts';
import { LOCAL_KEYS } from '../../../local/index.ts';
import { seededRandom } from '../../../local/random.ts';
import { fuzz, type RoundResult } from '../../helpers/fuzz.ts';
import type { Product } from '../../helpers/product.ts';
import { roundsOf } from '../../helpers/rounds.ts';
import { libcloudParameters, REPLICA_KEY, replicaHandler, startSignedProduct } from './helpers.ts';

const ROUNDS = roundsOf('REPLICA_FUZZ', 300);
/** A soak has many more rounds than an ordinary run. */
const SOAK_TIMEOUT_MS = 60 * 60_000;

let product: Product;
let handler: Handler;
const logs: string[] = [];
beforeAll(async () => {
  product = await startSignedProduct({ fleetSize: 60 });
  for (let minute = 0; minute < 3; minute += 1) await product.tick();
  handler = replicaHandler(product, logs);
});
afterAll(() => product.close());

it(
  `a call of any kind is answered, and never with an error of our own (seeds 1 to ${ROUNDS})`,
  async () => {
    expect(await fuzz(fuzzedRound, ROUNDS)).toMatchObject({ failures: [], rounds: ROUNDS });
    expect(logs.join()).not.toContain(REPLICA_KEY.accessKeySecret);
    const statuses = new Set(logs.map((line) => JSON.parse(line).status));
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 403, 404, 405]));
  },
  SOAK_TIMEOUT_MS,
);

const WORDS = [
  ...['', '1', '50', '51', '0', '-1', '1e3', '9'.repeat(40), 'NaN', 'true', 'cn-hangzhou'],
  ...['cn-hangzhou-h', 'i-bp1', '["i-bp1"]', 'json', 'XML', 'HMAC-SHA1', '2014-05-26', '\u0000'],
  ...['\ud800', 'i-\udfff', '云', '%', '%ff', '<a>&"\'', ']]>', '\u202e', '\r\nx: y', '__proto__'],
  ...['constructor', 'x'.repeat(4_000), 'DescribeInstanceStatus', '2026-11-22T10:00:00Z'],
];
const NAMES = [
  ...['RegionId', 'ZoneId', 'ClusterId', 'InstanceId', 'InstanceId.1', 'InstanceId.0'],
  ...['InstanceId.2', 'InstanceId.9999999999', 'InstanceId.x', 'PageNumber', 'PageSize', 'Format'],
  ...['Action', 'Version', 'AccessKeyId', 'Signature', 'SignatureMethod', 'SignatureNonce'],
  ...['Timestamp', 'SecurityToken', '__proto__', 'toString', '', '\ud800'],
];
const HEADERS = [
  ...['x-acs-action', 'X-Acs-Version', 'x-acs-date', 'x-acs-signature-nonce', 'Host', 'accept'],
  ...['x-acs-content-sha256', 'x-acs-security-token', 'Content-Type', '__proto__'],
];
const AUTHORIZATIONS = [
  'ACS3-HMAC-SHA256',
  'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b,Signature=c',
  `ACS3-HMAC-SHA256 Credential=${REPLICA_KEY.accessKeyId},SignedHeaders=${'host;'.repeat(500)},Signature=00`,
  'ACS3-HMAC-SHA256 Credential=,,,SignedHeaders==,Signature=',
  'Bearer x',
];
const WRONG: readonly unknown[] = [null, 7, true, [], {}, ['x'], { x: 1 }];

/** One event; half of the calls are signed, so that what is wrong with them is found further in. */
async function fuzzedRound(seed: number): Promise<RoundResult> {
  const random = seededRandom(seed);
  const texts = (names: readonly string[], most: number) =>
    Object.fromEntries(
      Array.from({ length: random.below(most) }, () => [random.pick(names), random.pick(WORDS)]),
    );
  const spoiled = (value: unknown): unknown => (random.chance(0.05) ? random.pick(WRONG) : value);
  const some = { Action: 'DescribeInstanceStatus', RegionId: 'cn-hangzhou', ...texts(NAMES, 6) };
  const method = random.pick(['GET', 'POST', 'POST', 'HEAD', 'PUT', '__proto__']);
  const isSigned = random.chance(0.5) && (method === 'GET' || method === 'POST');
  const parameters = isSigned ? libcloudParameters(wellFormed(some), undefined, method) : some;
  const isForm = random.chance(0.5);
  const form = new URLSearchParams(parameters).toString();
  const body = isForm ? form : random.pick(WORDS);
  const isBase64Encoded = random.chance(0.3);
  const event = {
    rawPath: spoiled('/'),
    headers: spoiled({
      ...texts(HEADERS, 5),
      ...(isForm && { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }),
      ...(random.chance(0.3) && { Authorization: random.pick(AUTHORIZATIONS) }),
    }),
    queryParameters: spoiled(isForm ? {} : parameters),
    body: spoiled(
      isBase64Encoded && random.chance(0.8) ? Buffer.from(body).toString('base64') : body,
    ),
    isBase64Encoded: spoiled(isBase64Encoded),
    requestContext: spoiled({ http: { method: spoiled(method) } }),
  };
  const {
    statusCode,
    headers,
    body: answer,
  } = await handler(Buffer.from(JSON.stringify(event)), {
    credentials: LOCAL_KEYS,
  });
  return {
    what: JSON.stringify(event).slice(0, 500),
    problems: problemsOf(statusCode, headers['content-type'] ?? '', answer),
  };
}

function problemsOf(status: number, type: string, body: string): readonly string[] {
  const isKnown = body === '' || isJson(type, body) || isXml(type, body);
  return [
    // A zone or a cluster that the watcher does not know is the store's gap, and said so.
    ...(status >= 500 && !/ClusterId cannot be answered/u.test(body) ? [`status ${status}`] : []),
    ...(isKnown ? [] : [`${type}: ${body.slice(0, 200)}`]),
    ...(/\.ts:\d+|node:internal/u.test(body) ? ['a stack'] : []),
    ...(body.includes(REPLICA_KEY.accessKeySecret) ? ['a secret'] : []),
  ];
}

function isJson(type: string, body: string): boolean {
  return /^application\/(?:problem\+)?json/u.test(type) && typeof JSON.parse(body) === 'object';
}

/** No character that XML has no way to write, and each element closed. */
function isXml(type: string, body: string): boolean {
  const hasOnlyXml = !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(body);
  const root = /^<\?xml version="1\.0" encoding="UTF-8"\?><(\w+)>.*<\/\1>$/su.test(body);
  const open: string[] = [];
  for (const [, close, name = ''] of body.slice(38).matchAll(/<(\/?)(\w+)>/gu)) {
    if (close === '') open.push(name);
    else if (open.pop() !== name) return false;
  }
  return type === 'text/xml;charset=utf-8' && hasOnlyXml && root && open.length === 0;
}

/** What a client can sign: half of a character cannot be sent. */
function wellFormed(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
  );
}
