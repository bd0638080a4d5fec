import { type EcsServer, startEcs } from '../../../local/ecs/index.ts';
import { HANGZHOU, KEY, openApi, popCore, STS_KEY } from './clients.ts';

const ACTION = 'DescribeInstanceStatus';
const QUERY = { RegionId: HANGZHOU };

let ecs: EcsServer;
beforeAll(async () => {
  ecs = await startEcs({ accessKeys: [KEY, STS_KEY], fleetSize: 3 });
});
afterAll(() => ecs.close());

const error = (statusCode: number, code: string, message: unknown) => ({
  code,
  data: { statusCode, Code: code, Message: message },
});

describe.each([
  ['V3', {}],
  ['V1', { signatureAlgorithm: 'v2' as const }],
])('a call signed with %s is refused', (version, signature) => {
  const { securityToken, ...withoutToken } = STS_KEY;

  it.each([
    [
      'by a key that nobody has',
      { ...KEY, accessKeyId: 'LTAI-nobody' },
      error(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.'),
    ],
    [
      'without the token of a temporary key',
      withoutToken,
      error(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.'),
    ],
    [
      'with the wrong token',
      { ...STS_KEY, securityToken: 'stale' },
      error(
        400,
        'InvalidSecurityToken.MismatchWithAccessKey',
        'Specified SecurityToken mismatch with the AccessKey.',
      ),
    ],
    [
      'with a token that its key does not have',
      { ...KEY, securityToken },
      error(
        400,
        'InvalidSecurityToken.MismatchWithAccessKey',
        'Specified SecurityToken mismatch with the AccessKey.',
      ),
    ],
  ])('%s', async (_, key, expected) => {
    await expect(openApi(ecs, key as typeof KEY, signature)(ACTION, QUERY)).rejects.toMatchObject(
      expected,
    );
  });

  it('with a wrong secret, and shown what should have been signed', async () => {
    const call = openApi(ecs, { ...STS_KEY, accessKeySecret: 'wrong' }, signature);
    const shown = {
      V3: /^Specified signature does not match our calculation\. server StringToSign is \[ACS3-HMAC-SHA256\n[0-9a-f]{64}\] server CanonicalRequest is \[POST\n\/\nRegionId=cn-hangzhou\n.*x-acs-security-token:a token\n/s,
      V1: /^Specified signature is not matched with our calculation\. server string to sign is:POST&%2F&AccessKeyId%3DSTS\.local%26Action%3DDescribeInstanceStatus%26/,
    }[version];

    await expect(call(ACTION, QUERY)).rejects.toMatchObject(
      error(400, 'SignatureDoesNotMatch', expect.stringMatching(shown ?? '')),
    );
  });

  it.each([
    [
      'when its time has passed',
      '2016-02-23T12:46:24Z',
      error(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.'),
    ],
    [
      'when its time is no time',
      'yesterday',
      error(
        400,
        'InvalidTimeStamp.Format',
        'Specified time stamp or date value is not well formatted.',
      ),
    ],
    [
      'when its time is no day of the calendar',
      '2016-13-41T12:46:24Z',
      error(
        400,
        'InvalidTimeStamp.Format',
        'Specified time stamp or date value is not well formatted.',
      ),
    ],
  ])('%s', async (_, time, expected) => {
    const call = openApi(ecs, KEY, signature);
    const refused =
      version === 'V1'
        ? call(ACTION, { ...QUERY, Timestamp: time })
        : call(ACTION, QUERY, { 'x-acs-date': time });

    await expect(refused).rejects.toMatchObject(expected);
  });

  it('when its nonce was used before', async () => {
    const call = openApi(ecs, KEY, signature);
    const again = () =>
      version === 'V1'
        ? call(ACTION, { ...QUERY, SignatureNonce: 'once' })
        : call(ACTION, QUERY, { 'x-acs-signature-nonce': 'once-v3' });
    await again();

    await expect(again()).rejects.toMatchObject(
      error(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'),
    );
  });
});

describe('a nonce', () => {
  it('is not used up by somebody without the secret', async () => {
    const nonce = { SignatureNonce: 'mine' };
    const stranger = popCore(ecs, 'GET', { ...KEY, accessKeySecret: 'guessed' });
    await expect(stranger(ACTION, { ...QUERY, ...nonce })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });

    await expect(popCore(ecs, 'GET')(ACTION, { ...QUERY, ...nonce })).resolves.toMatchObject({
      PageNumber: 1,
    });
  });
});

describe('a call that is not signed as it must be is refused', () => {
  const SIGNED = [
    'host',
    'x-acs-action',
    'x-acs-version',
    'x-acs-date',
    'x-acs-signature-nonce',
    'x-acs-content-sha256',
  ];
  const HEADERS = {
    'x-acs-action': ACTION,
    'x-acs-version': '2014-05-26',
    'x-acs-date': '2026-01-01T00:00:00Z',
    'x-acs-signature-nonce': 'n',
    'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  };
  const credential = (names: readonly string[]) =>
    `ACS3-HMAC-SHA256 Credential=LTAI-local,SignedHeaders=${names.join(';')},Signature=00`;

  const codeOf = async (init: RequestInit, query = ''): Promise<unknown> => {
    const answer = await fetch(`${ecs.url}/?Format=JSON&${query}`, { method: 'POST', ...init });
    const { Code } = (await answer.json()) as { Code: string };
    return Code;
  };

  it.each(SIGNED)('when the signature leaves out %s', async (name) => {
    const authorization = credential(SIGNED.filter((signed) => signed !== name));

    expect(await codeOf({ headers: { ...HEADERS, authorization } })).toBe('IncompleteSignature');
  });

  it('when the signature leaves out the token that came with it', async () => {
    const headers = {
      ...HEADERS,
      'x-acs-security-token': 'a token',
      authorization: credential(SIGNED),
    };

    expect(await codeOf({ headers })).toBe('IncompleteSignature');
  });

  it('when it has no time', async () => {
    const { 'x-acs-date': _, ...headers } = HEADERS;

    expect(await codeOf({ headers: { ...headers, authorization: credential(SIGNED) } })).toBe(
      'MissingTimestamp',
    );
  });

  it('when the body is another one', async () => {
    const headers = { ...HEADERS, authorization: credential(SIGNED) };

    expect(await codeOf({ headers, body: 'more' })).toBe('IncompleteSignature');
  });

  it('when the authorization cannot be read', async () => {
    const headers = { ...HEADERS, authorization: 'ACS3-HMAC-SHA256 Credential=' };

    expect(await codeOf({ headers })).toBe('IncompleteSignature');
  });

  it.each([
    ['MissingAccessKeyId', ''],
    ['IncompleteSignature', 'AccessKeyId=LTAI-local'],
    ['IncompleteSignature', 'AccessKeyId=LTAI-local&Signature=s&SignatureMethod=HMAC-MD5'],
    ['MissingTimestamp', 'AccessKeyId=LTAI-local&Signature=s&SignatureMethod=HMAC-SHA1'],
  ])('with %s when its parameters are only "%s"', async (code, query) => {
    const version = 'Action=DescribeInstanceStatus&Version=2014-05-26';

    expect(await codeOf({}, `${version}&${query}`)).toBe(code);
  });
});
