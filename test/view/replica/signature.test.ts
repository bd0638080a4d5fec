import { createHash } from 'node:crypto';
import { hmac } from '../../../shared/lib/hmac.ts';
import type { ApiCall } from '../../../shared/view/replica/core/call.ts';
import type { Claim } from '../../../shared/view/replica/core/claim.ts';
import { claimAcs3 } from '../../../shared/view/replica/core/claim-acs3.ts';
import { claimV1 } from '../../../shared/view/replica/core/claim-v1.ts';
import { type Failure, isFailure } from '../../../shared/view/replica/core/failure.ts';
import { nonceMemory } from '../../../shared/view/replica/nonces.ts';
import { type ReplicaKey, verify } from '../../../shared/view/replica/verify.ts';
import { libcloudSignature } from './helpers.ts';

/** What the official documents, and clients that were measured, have signed. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const BY_ID = {
  RegionId: 'cn-hangzhou',
  PageNumber: '1',
  PageSize: '50',
  'InstanceId.1': 'i-bp1',
  'InstanceId.2': 'i-bp2',
  'InstanceId.10': 'i-bp10',
};

const V1 = { SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0', AccessKeyId: 'testid' };

/** https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism */
const DOCUMENTED_V1 = {
  ...V1,
  Format: 'XML',
  Action: 'DescribeRegions',
  Version: '2014-05-26',
  SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
  Timestamp: '2016-02-23T12:46:24Z',
  Signature: 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
};

/** https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature */
const DOCUMENTED_ACS3 = {
  host: 'ecs.cn-shanghai.aliyuncs.com',
  'x-acs-action': 'RunInstances',
  'x-acs-content-sha256': EMPTY_SHA256,
  'x-acs-date': '2023-10-26T10:22:32Z',
  'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
  'x-acs-version': '2014-05-26',
};
const ACS3_KEY = { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' };
const ACS3_SIGNATURE = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0';

function v1Call(method: string, parameters: Readonly<Record<string, string>>): ApiCall {
  const all = new Map(Object.entries(parameters));
  return aCall({ method, scheme: 'V1', query: all, parameters: all });
}

function acs3Call(
  headers: Readonly<Record<string, string>>,
  { signature = ACS3_SIGNATURE, signed = Object.keys(headers), body = Buffer.alloc(0) } = {},
): ApiCall {
  const authorization =
    `ACS3-HMAC-SHA256 Credential=${ACS3_KEY.accessKeyId},` +
    `SignedHeaders=${[...signed].sort().join(';')},Signature=${signature}`;
  const query = new Map(
    Object.entries({
      ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
      RegionId: 'cn-shanghai',
    }),
  );
  return aCall({
    scheme: 'ACS3',
    headers: new Map(Object.entries({ ...headers, authorization })),
    query,
    parameters: query,
    body,
  });
}

function aCall(parts: Partial<ApiCall>): ApiCall {
  return {
    method: 'POST',
    headers: new Map(),
    body: Buffer.alloc(0),
    query: new Map(),
    parameters: new Map(),
    scheme: 'V1',
    action: 'DescribeInstanceStatus',
    version: '2014-05-26',
    format: 'json',
    ...parts,
  };
}

function hashHex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function claimIn(claim: Claim | Failure): Claim {
  if (isFailure(claim)) throw new Error(claim.message);
  return claim;
}

/** The code of the refusal, at the time of the request; `good` if there is none. */
function judged(
  call: ApiCall,
  key: ReplicaKey = { accessKeyId: 'testid', accessKeySecret: 'testsecret' },
  at = call.parameters.get('Timestamp') ?? call.headers.get('x-acs-date') ?? '',
): string {
  return verify(call, key, nonceMemory(60_000), Date.parse(at))?.code ?? 'good';
}

describe('signature V1', () => {
  it('of the documented example is good', () => {
    expect(judged(v1Call('GET', DOCUMENTED_V1))).toBe('good');
  });

  it.each([
    ['POST', 'hbaCEphj/h4W2pRFTmw17K09VGk='],
    ['GET', '3cq9rjxI4K6gFE5abYyRXUDwaFU='],
  ])('covers empty values, a token, and ids in the order of code units, by %s', (method, sent) => {
    const call = v1Call(method, {
      ...V1,
      ...BY_ID,
      AccessKeyId: 'STS.testid',
      Action: 'DescribeInstanceStatus',
      SecurityToken: 'testtoken',
      SignatureType: '',
      Format: 'JSON',
      Version: '2014-05-26',
      SignatureNonce: '0123456789abcdef0123456789abcdef',
      Timestamp: '2024-01-02T03:04:05Z',
      Signature: sent,
    });

    const { stringToSign } = claimIn(claimV1(call));

    expect(hmac('sha1', 'testsecret&', stringToSign).toString('base64')).toBe(sent);
    // No token belongs to the key of a replica, so the good signature does not help.
    const key = { accessKeyId: 'STS.testid', accessKeySecret: 'testsecret' };
    expect(judged(call, key)).toBe('InvalidSecurityToken.MismatchWithAccessKey');
  });

  it('as libcloud makes it is good, whatever the parameters hold', () => {
    // The vector of libcloud/test/common/test_aliyun.py.
    const vector = {
      TimeStamp: '2012-12-26T10:33:56Z',
      Format: 'XML',
      AccessKeyId: 'testid',
      Action: 'DescribeRegions',
      SignatureMethod: 'HMAC-SHA1',
      RegionId: 'region1',
      SignatureNonce: 'NwDAxvLU6tFE0DVb',
      Version: '2014-05-26',
      SignatureVersion: '1.0',
    };
    expect(libcloudSignature('GET', vector, 'testsecret')).toBe('K9fCVP6Jrklpd3rLYKh1pfrrFNo=');

    for (const odd of ['', ' *~', "!'()", '+&=%', '云', 'a/b?c#d', '\u0000']) {
      const parameters = { ...DOCUMENTED_V1, ZoneId: odd };
      const { Signature: _, ...unsigned } = parameters;
      const signature = libcloudSignature('GET', unsigned, 'testsecret');

      expect(judged(v1Call('GET', { ...parameters, Signature: signature }))).toBe('good');
    }
  });

  it.each([
    ['another key', { AccessKeyId: 'another' }, 'InvalidAccessKeyId.NotFound'],
    ['no key', { AccessKeyId: '' }, 'MissingAccessKeyId'],
    ['no signature', { Signature: '' }, 'IncompleteSignature'],
    ['another algorithm', { SignatureMethod: 'HMAC-SHA256' }, 'IncompleteSignature'],
    ['no time', { Timestamp: '' }, 'MissingTimestamp'],
    ['no nonce', { SignatureNonce: '' }, 'MissingSignatureNonce'],
    ['another parameter', { PageSize: '50' }, 'SignatureDoesNotMatch'],
    ['a signature that is cut', { Signature: 'OLea' }, 'SignatureDoesNotMatch'],
    ['a time of another form', { Timestamp: '2016-02-23 12:46:24' }, 'InvalidTimeStamp.Format'],
    ['a time that is none', { Timestamp: '2016-02-30T25:46:24Z' }, 'InvalidTimeStamp.Format'],
  ])('is refused with %s', (_, changes, code) => {
    const call = v1Call('GET', { ...DOCUMENTED_V1, ...changes });

    expect(judged(call, undefined, DOCUMENTED_V1.Timestamp)).toBe(code);
  });
});

describe('signature ACS3', () => {
  it('of the documented example is good', () => {
    expect(judged(acs3Call(DOCUMENTED_ACS3), ACS3_KEY)).toBe('good');
  });

  it('covers the query in the order of code units, and whatever headers it names', () => {
    const headers = {
      host: '127.0.0.1:9014',
      'x-acs-accesskey-id': 'STS.testid',
      'x-acs-action': 'DescribeInstanceStatus',
      'x-acs-content-sha256': EMPTY_SHA256,
      'x-acs-credentials-provider': 'static_sts',
      'x-acs-date': '2024-01-02T03:04:05Z',
      'x-acs-security-token': 'testtoken',
      'x-acs-signature-nonce': '0123456789abcdef0123456789abcdef',
      'x-acs-version': '2014-05-26',
    };
    const call = { ...acs3Call(headers), query: new Map(Object.entries(BY_ID)) };

    const { stringToSign } = claimIn(claimAcs3(call, hashHex, undefined));

    expect(hmac('sha256', 'testsecret', stringToSign).toString('hex')).toBe(
      '480f5da10280fe3852eca33622d68670286de39e2d9d9402b5bb46dbeaeac51c',
    );
  });

  it('is checked with the configured host in place of the one that came along', () => {
    const call = acs3Call({ ...DOCUMENTED_ACS3, host: 'view.cn-hangzhou.fcapp.run' });

    expect(judged(call, ACS3_KEY)).toBe('SignatureDoesNotMatch');
    expect(judged(call, { ...ACS3_KEY, host: DOCUMENTED_ACS3.host })).toBe('good');
  });

  it('of another body is refused', () => {
    const call = acs3Call(DOCUMENTED_ACS3, { body: Buffer.from('RegionId=cn-beijing') });

    expect(judged(call, ACS3_KEY)).toBe('IncompleteSignature');
  });

  it.each(Object.keys(DOCUMENTED_ACS3))('that does not cover %s is refused', (name) => {
    const signed = Object.keys(DOCUMENTED_ACS3).filter((other) => other !== name);

    expect(judged(acs3Call(DOCUMENTED_ACS3, { signed }), ACS3_KEY)).toBe('IncompleteSignature');
  });

  it('that leaves a token uncovered is refused, and so is any token', () => {
    const headers = { ...DOCUMENTED_ACS3, 'x-acs-security-token': 'token' };

    const uncovered = acs3Call(headers, { signed: Object.keys(DOCUMENTED_ACS3) });

    expect(judged(uncovered, ACS3_KEY)).toBe('IncompleteSignature');
    expect(judged(acs3Call(headers), ACS3_KEY)).toBe('InvalidSecurityToken.MismatchWithAccessKey');
  });

  it.each([
    ['the date', 'x-acs-date', 'MissingTimestamp'],
    ['the nonce', 'x-acs-signature-nonce', 'MissingSignatureNonce'],
  ])('without %s is refused', (_, name, code) => {
    const call = acs3Call({ ...DOCUMENTED_ACS3, [name]: '' });

    expect(judged(call, ACS3_KEY, DOCUMENTED_ACS3['x-acs-date'])).toBe(code);
  });

  it('in another form is refused', () => {
    const headers = new Map([['authorization', 'ACS3-HMAC-SHA256 whatever']]);

    expect(judged(aCall({ scheme: 'ACS3', headers }), ACS3_KEY)).toBe('IncompleteSignature');
  });
});

describe('the clock window of 15 minutes', () => {
  const SIGNED_AT_MS = Date.parse(DOCUMENTED_V1.Timestamp);
  const at = (offsetMs: number): string => new Date(SIGNED_AT_MS + offsetMs).toISOString();

  it.each([-900_000, 0, 900_000])('holds a request that is %i ms old', (offsetMs) => {
    expect(judged(v1Call('GET', DOCUMENTED_V1), undefined, at(offsetMs))).toBe('good');
  });

  it.each([-900_001, 900_001])('does not hold one that is %i ms old', (offsetMs) => {
    expect(judged(v1Call('GET', DOCUMENTED_V1), undefined, at(offsetMs))).toBe(
      'InvalidTimeStamp.Expired',
    );
  });
});

describe('a nonce', () => {
  const KEY = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };
  const SIGNED_AT_MS = Date.parse(DOCUMENTED_V1.Timestamp);

  it('is good once', () => {
    const isNew = nonceMemory(1_800_000);
    const ask = () => verify(v1Call('GET', DOCUMENTED_V1), KEY, isNew, SIGNED_AT_MS)?.code;

    expect([ask(), ask()]).toEqual([undefined, 'SignatureNonceUsed']);
  });

  it('is not used up by a request that another has signed', () => {
    const isNew = nonceMemory(1_800_000);
    const forged = v1Call('GET', { ...DOCUMENTED_V1, Signature: 'forged' });

    expect(verify(forged, KEY, isNew, SIGNED_AT_MS)?.code).toBe('SignatureDoesNotMatch');
    expect(verify(v1Call('GET', DOCUMENTED_V1), KEY, isNew, SIGNED_AT_MS)).toBeUndefined();
  });

  it('is remembered for its lifetime', () => {
    const isNew = nonceMemory(1_000);
    for (let ms = 0; ms < 10_000; ms += 100) isNew(`at ${ms}`, ms);

    expect(isNew('at 9000', 10_000)).toBe(false);
    expect(isNew('at 1000', 10_000)).toBe(true);
  });

  it('is forgotten early where there are too many of them', () => {
    const isNew = nonceMemory(1_000, 10);
    for (let count = 1; count <= 25; count += 1) isNew(`nonce ${count}`, 0);

    expect(isNew('nonce 16', 0)).toBe(false);
    expect(isNew('nonce 1', 0)).toBe(true);
  });
});
