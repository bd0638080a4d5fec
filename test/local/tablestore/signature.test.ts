import { createHash, createHmac } from 'node:crypto';
import { openAccess } from '../../../local/tablestore/access.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { errorMessage } from '../../../local/tablestore/protocol/messages.ts';
import {
  isSignedBy,
  responseAuthorization,
  signerOf,
} from '../../../local/tablestore/protocol/signature.ts';
import {
  CREDENTIALS,
  officialClient,
  rawCall,
  signedHeaders,
  startTestTablestore,
} from '../../helpers/tablestore.ts';

/** The vectors of the protocol reference: key id `testid`, secret `testkey`, instance `demo`. */
const HEADERS = {
  host: '127.0.0.1',
  'x-ots-accesskeyid': 'testid',
  'x-ots-apiversion': '2015-12-31',
  'x-ots-date': '2026-01-02T03:04:05.678Z',
  'x-ots-instancename': 'demo',
};

describe('the worked examples', () => {
  const signer = signerOf(openAccess('demo', [CREDENTIALS]), HEADERS);
  if (signer === undefined) throw new Error('the key is known');

  it.each([
    ['A', 'ListTable', '1B2M2Y8AsgTpgAmY7PhCfg==', 'P5JT4q9CPITQj0N94MtAoHx2NZI='],
    ['B', 'PutRow', 'pODTqmMwXVb4m7ON7Cw3Xw==', 'OC5mssjLgsBxrbIqtwrKcEaxNN4='],
  ])(
    'accept the request of vector %s and nothing near it',
    (_vector, operation, md5, signature) => {
      const headers = { ...HEADERS, 'x-ots-contentmd5': md5, 'x-ots-signature': signature };

      expect(isSignedBy(signer, operation, headers)).toBe(true);
      expect(isSignedBy(signer, 'GetRow', headers)).toBe(false);
      expect(isSignedBy(signer, operation, { ...headers, 'x-ots-instancename': 'demp' })).toBe(
        false,
      );
      expect(isSignedBy(signer, operation, { ...headers, 'x-ots-extra': '1' })).toBe(false);
    },
  );

  it('sign the answer of vector C', () => {
    const body = Buffer.from('0a060a0408011001', 'hex');
    const contentMd5 = createHash('md5').update(body).digest('base64');

    const authorization = responseAuthorization(signer, 'PutRow', [
      ['x-ots-contentmd5', contentMd5],
      ['x-ots-contenttype', 'protocol buffer'],
      ['x-ots-date', '2026-01-02T03:04:05.700Z'],
      ['x-ots-requestid', '0006d2f4-0000-0001-0000-00000000beef'],
    ]);

    expect(contentMd5).toBe('bofsTfsxtvymDNQpw96K/Q==');
    expect(authorization).toBe('OTS testid:vXh5M8Nmy9aQBPfpL+TB20ew1z8=');
  });
});

describe('a server', () => {
  let server: TablestoreServer;
  beforeAll(async () => {
    server = await startTestTablestore();
  });
  afterAll(() => server.close());

  const EMPTY = Buffer.alloc(0);

  it('signs its answers over all their headers', async () => {
    const { status, headers } = await rawCall(server, 'ListTable', EMPTY);

    const names = Object.keys(headers)
      .filter((name) => name.startsWith('x-ots-'))
      .sort();
    const text = `${names.map((name) => `${name}:${headers[name]}\n`).join('')}/ListTable`;
    const signature = createHmac('sha1', CREDENTIALS.accessKeySecret).update(text).digest('base64');
    expect(status).toBe(200);
    expect(names).toEqual([
      'x-ots-contentmd5',
      'x-ots-contenttype',
      'x-ots-date',
      'x-ots-requestid',
    ]);
    expect(headers['x-ots-date']).toMatch(/\.\d{3}Z$/);
    expect(headers.authorization).toBe(`OTS ${CREDENTIALS.accessKeyId}:${signature}`);
  });

  it('signs its refusals too, as the PHP client demands', async () => {
    const { status, headers } = await rawCall(server, 'NoSuchThing', EMPTY);

    expect(status).toBe(400);
    expect(headers.authorization).toMatch(/^OTS testid:/);
  });

  it('accepts the fourth version of the signature, of the Java client', async () => {
    const { 'x-ots-signature': _, ...headers } = signedHeaders('ListTable', EMPTY);
    const dated: Record<string, string> = {
      ...headers,
      'x-ots-signdate': '20260102',
      'x-ots-signregion': 'cn-hangzhou',
    };
    const parts = ['20260102', 'cn-hangzhou', 'ots', 'aliyun_v4_request'];
    const key = parts
      .reduce<Buffer>(
        (previous, part) => createHmac('sha256', previous).update(part).digest(),
        Buffer.from(`aliyun_v4${CREDENTIALS.accessKeySecret}`),
      )
      .toString('base64');
    const lines = Object.keys(dated)
      .sort()
      .map((name) => `${name}:${dated[name]}\n`);
    const text = `/ListTable\nPOST\n\n${lines.join('')}ots`;
    const signature = createHmac('sha256', key).update(text).digest('base64');

    const right = { ...dated, 'x-ots-signature': undefined, 'x-ots-signaturev4': signature };
    const answer = await rawCall(server, 'ListTable', EMPTY, right);
    const refusal = await rawCall(server, 'ListTable', EMPTY, {
      ...right,
      'x-ots-signregion': 'cn-beijing',
    });

    expect(answer.status).toBe(200);
    expect(refusal.status).toBe(403);
    const answered = Object.keys(answer.headers)
      .filter((name) => name.startsWith('x-ots-'))
      .sort()
      .map((name) => `${name}:${answer.headers[name]}\n`);
    expect(answer.headers.authorization).toBe(
      `OTS testid:${createHmac('sha1', key)
        .update(`${answered.join('')}/ListTable`)
        .digest('base64')}`,
    );
  });

  it.each([
    ['x-ots-date', 'Missing header: x-ots-date.'],
    ['x-ots-apiversion', 'Missing header: x-ots-apiversion.'],
    ['x-ots-accesskeyid', 'Missing header: x-ots-accesskeyid.'],
    ['x-ots-instancename', 'Missing header: x-ots-instancename.'],
    ['x-ots-contentmd5', 'Missing header: x-ots-contentmd5.'],
    ['x-ots-signature', 'Missing header: x-ots-signature.'],
  ])('misses the header %s', async (name, message) => {
    const answer = await rawCall(server, 'ListTable', EMPTY, { [name]: undefined });

    expect(answer.status).toBe(400);
    expect(errorMessage.decode(answer.body)).toEqual({ code: 'OTSParameterInvalid', message });
  });

  it.each([
    [
      'x-ots-contentmd5',
      'AAAA',
      403,
      'Mismatch between MD5 value of request body and x-ots-contentmd5 in header.',
    ],
    ['x-ots-date', 'yesterday', 400, 'Invalid date format: yesterday.'],
    [
      'x-ots-date',
      '2001-01-01T00:00:00.000Z',
      403,
      'Mismatch between system time and x-ots-date: 2001-01-01T00:00:00.000Z.',
    ],
    ['x-ots-accesskeyid', 'unknown', 403, 'The AccessKeyID does not exist.'],
    ['x-ots-instancename', 'elsewhere', 403, 'The instance is not found.'],
    ['x-ots-instancename', 'else-', 400, "Invalid instance name: 'else-'."],
    ['x-ots-signature', 'AAAA', 403, 'Signature mismatch.'],
    ['x-ots-ststoken', 'stolen', 403, 'The security token is not that of the AccessKeyID.'],
  ])('refuses a request with %s: %s', async (name, value, status, message) => {
    const answer = await rawCall(server, 'ListTable', EMPTY, { [name]: value });

    const code = status === 403 ? 'OTSAuthFailed' : 'OTSParameterInvalid';
    expect(answer.status).toBe(status);
    expect(errorMessage.decode(answer.body)).toEqual({ code, message });
  });

  it('refuses a request that is not a POST', async () => {
    const answer = await rawCall(server, 'ListTable', EMPTY, {}, 'PUT');

    expect(answer.status).toBe(405);
    expect(errorMessage.decode(answer.body).code).toBe('OTSMethodNotAllowed');
  });

  it('refuses an unknown operation', async () => {
    const answer = await rawCall(server, 'MakeCoffee', EMPTY);

    expect(answer.status).toBe(400);
    expect(errorMessage.decode(answer.body).message).toBe('Unsupported operation: MakeCoffee.');
  });

  it('refuses a body that is no message', async () => {
    const answer = await rawCall(server, 'GetRow', Buffer.from('0aff', 'hex'));

    expect(answer.status).toBe(400);
    expect(errorMessage.decode(answer.body).message).toBe('Parse PBMessage from RawString failed.');
  });

  it('refuses a body of more than 5 MB, and says so', async () => {
    const answer = await rawCall(server, 'PutRow', Buffer.alloc(5 * 1024 * 1024 + 1));

    expect(answer.status).toBe(413);
    expect(errorMessage.decode(answer.body)).toEqual({
      code: 'OTSRequestBodyTooLarge',
      message: 'The size of POST data is too large.',
    });
  });
});

it('has an instance that the service could have, or does not start', async () => {
  await expect(startTestTablestore({ instance: '1st' })).rejects.toThrow(
    new RangeError("Invalid instance name: '1st'"),
  );
});

it('lets temporary credentials in with their token alone', async () => {
  const server = await startTestTablestore({
    accessKeys: [{ ...CREDENTIALS, securityToken: 'sts' }],
  });

  const without = await rawCall(server, 'ListTable', Buffer.alloc(0));
  const { tableNames } = await officialClient(server, { stsToken: 'sts' }).listTable({});
  await server.close();

  expect(without.status).toBe(403);
  expect(tableNames).toEqual([]);
});
