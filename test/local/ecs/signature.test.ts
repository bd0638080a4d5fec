import type { ApiCall } from '../../../local/ecs/request.ts';
import type { EcsClaim } from '../../../local/ecs/signature/claim.ts';
import { claimV1 } from '../../../local/ecs/signature/v1.ts';
import { claimV3 } from '../../../local/ecs/signature/v3.ts';
import { signatureVerifier } from '../../../local/ecs/signature/verify.ts';

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function v1Call(method: string, parameters: Record<string, string>): ApiCall {
  const map = new Map(
    Object.entries({
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      Signature: 'whatever',
      ...parameters,
    }),
  );
  return {
    method,
    path: '/',
    headers: {},
    body: Buffer.alloc(0),
    query: map,
    parameters: map,
    scheme: 'RPC',
    action: map.get('Action') ?? '',
    version: '2014-05-26',
    format: 'json',
  };
}

function v3Call(
  accessKeyId: string,
  query: Record<string, string>,
  headers: Record<string, string>,
): ApiCall {
  const signed = Object.keys(headers).sort().join(';');
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signed},Signature=00`;
  const map = new Map(Object.entries(query));
  return {
    method: 'POST',
    path: '/',
    headers: { ...headers, authorization },
    body: Buffer.alloc(0),
    query: map,
    parameters: map,
    scheme: 'ACS3',
    action: headers['x-acs-action'] ?? '',
    version: '2014-05-26',
    format: 'json',
  };
}

/** The message to a refused client, which holds the string to sign. */
const shown = (claim: EcsClaim): string => claim.mismatchMessage();

const OFFICIAL = {
  AccessKeyId: 'testid',
  Action: 'DescribeRegions',
  Format: 'XML',
  Version: '2014-05-26',
  Timestamp: '2016-02-23T12:46:24Z',
  SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
};

const WITH_TOKEN = {
  AccessKeyId: 'STS.testid',
  Action: 'DescribeInstanceStatus',
  SecurityToken: 'testtoken',
  SignatureType: '',
  Format: 'JSON',
  Version: '2014-05-26',
  SignatureNonce: '0123456789abcdef0123456789abcdef',
  Timestamp: '2024-01-02T03:04:05Z',
  RegionId: 'cn-hangzhou',
  PageNumber: '1',
  PageSize: '50',
  'InstanceId.1': 'i-bp1',
  'InstanceId.2': 'i-bp2',
  'InstanceId.10': 'i-bp10',
};

describe('signature V1', () => {
  it('is the one of the official example', () => {
    const claim = claimV1(v1Call('GET', OFFICIAL));

    expect(shown(claim)).toContain(
      'server string to sign is:GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML' +
        '%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf' +
        '%26SignatureVersion%3D1.0%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26',
    );
    expect(claim.expectedFor('testsecret')).toBe('OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
  });

  it('is the one of the second official example', () => {
    const claim = claimV1(
      v1Call('GET', {
        AccessKeyId: 'testid',
        Action: 'DescribeDedicatedHosts',
        RegionId: 'cn-beijing',
        Format: 'JSON',
        Version: '2014-05-26',
        SignatureNonce: 'edb2b34af0af9a6d14deaf7c1a5315eb',
        Timestamp: '2023-03-13T08:34:30Z',
      }),
    );

    expect(claim.expectedFor('testsecret')).toBe('9NaGiOspFP5UPcwX8Iwt2YJXXuk=');
  });

  it.each([
    ['POST', 'hbaCEphj/h4W2pRFTmw17K09VGk='],
    ['GET', '3cq9rjxI4K6gFE5abYyRXUDwaFU='],
  ])('covers the method, the token, empty values and numbered ids in %s', (method, signature) => {
    expect(claimV1(v1Call(method, WITH_TOKEN)).expectedFor('testsecret')).toBe(signature);
  });

  it('encodes what encodeURIComponent leaves as it is', () => {
    const claim = claimV1(v1Call('GET', { ...OFFICIAL, InstanceName: "*a b'(~)!" }));

    expect(decodeURIComponent(shown(claim))).toContain('InstanceName=%2Aa%20b%27%28~%29%21');
  });
});

describe('signature V3', () => {
  it('is the one of the official example', () => {
    const claim = claimV3(
      v3Call(
        'YourAccessKeyId',
        {
          ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
          RegionId: 'cn-shanghai',
        },
        {
          host: 'ecs.cn-shanghai.aliyuncs.com',
          'x-acs-action': 'RunInstances',
          'x-acs-content-sha256': EMPTY_SHA256,
          'x-acs-date': '2023-10-26T10:22:32Z',
          'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
          'x-acs-version': '2014-05-26',
        },
      ),
    );

    expect(shown(claim)).toContain(
      '[ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259]',
    );
    expect(claim.expectedFor('YourAccessKeySecret')).toBe(
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  it('covers the port, the token and numbered ids', () => {
    const claim = claimV3(
      v3Call(
        'STS.testid',
        {
          RegionId: 'cn-hangzhou',
          PageNumber: '1',
          PageSize: '50',
          'InstanceId.1': 'i-bp1',
          'InstanceId.2': 'i-bp2',
          'InstanceId.10': 'i-bp10',
        },
        {
          host: '127.0.0.1:9014',
          'x-acs-accesskey-id': 'STS.testid',
          'x-acs-action': 'DescribeInstanceStatus',
          'x-acs-content-sha256': EMPTY_SHA256,
          'x-acs-credentials-provider': 'static_sts',
          'x-acs-date': '2024-01-02T03:04:05Z',
          'x-acs-security-token': 'testtoken',
          'x-acs-signature-nonce': '0123456789abcdef0123456789abcdef',
          'x-acs-version': '2014-05-26',
        },
      ),
    );

    expect(shown(claim)).toContain(
      'd4f283b39811358f71e5f1892a7689d5e3a85a5cb054e99a20b10e2c63dbad7b',
    );
    expect(claim.expectedFor('testsecret')).toBe(
      '480f5da10280fe3852eca33622d68670286de39e2d9d9402b5bb46dbeaeac51c',
    );
  });
});

describe('the time of a signature', () => {
  const key = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };
  const signedMs = Date.parse(OFFICIAL.Timestamp);
  const call = v1Call('GET', { ...OFFICIAL, Signature: 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=' });
  const MINUTE_MS = 60_000;

  it.each([-15, 0, 15])('may be %i minutes off', (minutes) => {
    const verify = signatureVerifier(
      () => [key],
      () => signedMs + minutes * MINUTE_MS,
    );

    verify(call);

    // It was accepted, so its nonce is used up.
    expect(() => verify(call)).toThrow(expect.objectContaining({ code: 'SignatureNonceUsed' }));
  });

  it.each([-15, 15])('may not be more than %i minutes off', (minutes) => {
    const verify = signatureVerifier(
      () => [key],
      () => signedMs + minutes * (MINUTE_MS + 1),
    );

    expect(() => verify(call)).toThrow('Specified time stamp or date value is expired.');
  });

  it.each<[string, string | undefined]>([
    ['2016-02-23T12:46:24.999Z', undefined],
    ['2016-02-23T12:46:24.9Z', 'InvalidTimeStamp.Format'],
    ['2016-02-23T12:46:24.999', 'InvalidTimeStamp.Format'],
    ['2016-02-23 12:46:24', 'InvalidTimeStamp.Format'],
    ['2016-02-23T13:01:25.000Z', 'InvalidTimeStamp.Expired'],
  ])('may have milliseconds, as some clients write %s', (timestamp, code) => {
    const parameters = { ...OFFICIAL, Timestamp: timestamp };
    const signature = claimV1(v1Call('GET', parameters)).expectedFor(key.accessKeySecret);
    const verify = signatureVerifier(
      () => [key],
      () => signedMs,
    );

    const judge = () => verify(v1Call('GET', { ...parameters, Signature: signature }));

    if (code === undefined) expect(judge()).toBe('testid');
    else expect(judge).toThrow(expect.objectContaining({ code }));
  });

  it('never lets a call be repeated while its time is good', () => {
    let nowMs = signedMs - 15 * MINUTE_MS;
    const verify = signatureVerifier(
      () => [key],
      () => nowMs,
    );
    verify(call);

    for (const minutes of [0, 15, 29, 30]) {
      nowMs = signedMs + (minutes - 15) * MINUTE_MS;
      expect(() => verify(call)).toThrow('Specified signature nonce was used already.');
    }
  });
});
