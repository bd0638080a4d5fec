import { createHmac } from 'node:crypto';
import { type EcsServer, type EcsUsage, startEcs } from '../../../local/ecs/index.ts';
import { HANGZHOU, KEY, openApi, popCore, withEcs } from './clients.ts';

let ecs: EcsServer;
beforeAll(async () => {
  ecs = await startEcs({ accessKeys: [KEY], fleetSize: 2 });
});
afterAll(() => ecs.close());

let nonce = 0;

/** A V1 call signed by hand, for what no official client would send. */
function signedUrl(parameters: Record<string, string>, method = 'GET'): string {
  nonce += 1;
  const query = new URLSearchParams({
    AccessKeyId: KEY.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: `by-hand-${nonce}`,
    SignatureVersion: '1.0',
    Timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
    Version: '2014-05-26',
    ...parameters,
  });
  query.sort();
  const signed = `${method}&%2F&${encodeURIComponent(query.toString())}`;
  const signature = createHmac('sha1', `${KEY.accessKeySecret}&`).update(signed).digest('base64');
  return `${ecs.url}/?${query}&Signature=${encodeURIComponent(signature)}`;
}

describe('an answer', () => {
  it('is XML when a V1 call does not ask for a format', async () => {
    const [first, second] = ecs.fleet.instances(HANGZHOU);

    const answer = await fetch(signedUrl({ Action: 'DescribeInstanceStatus', RegionId: HANGZHOU }));

    expect(answer.headers.get('content-type')).toBe('text/xml;charset=utf-8');
    expect(await answer.text()).toMatch(
      new RegExp(
        `^<\\?xml version="1\\.0" encoding="UTF-8"\\?><DescribeInstanceStatusResponse>` +
          `<PageNumber>1</PageNumber><InstanceStatuses>` +
          `<InstanceStatus><Status>${first?.status}</Status><InstanceId>${first?.id}</InstanceId></InstanceStatus>` +
          `<InstanceStatus><Status>${second?.status}</Status><InstanceId>${second?.id}</InstanceId></InstanceStatus>` +
          `</InstanceStatuses><TotalCount>2</TotalCount><PageSize>10</PageSize>` +
          `<RequestId>[0-9A-F-]{36}</RequestId></DescribeInstanceStatusResponse>$`,
      ),
    );
  });

  it('is an XML error when the XML call is wrong', async () => {
    const answer = await fetch(signedUrl({ Action: 'DescribeInstanceStatus', RegionId: 'mars-1' }));

    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=utf-8');
    expect(await answer.text()).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?><Error><RequestId>[0-9A-F-]{36}<\/RequestId><HostId>127\.0\.0\.1:\d+<\/HostId><Code>InvalidRegionId\.NotFound<\/Code><Message>The specified RegionId does not exist\.<\/Message><Recommend>[^<]+&amp;[^<]+<\/Recommend><\/Error>$/,
    );
  });

  it.each(['JSON', 'json', 'Json'])('is JSON when %s is asked for', async (format) => {
    const answer = await fetch(
      signedUrl({ Action: 'DescribeInstanceStatus', RegionId: HANGZHOU, Format: format }),
    );

    expect(answer.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(await answer.json()).toMatchObject({ TotalCount: 2 });
  });

  it('keeps Chinese names whole', async () => {
    ecs.fleet.create(HANGZHOU, 1, () => ({ name: '订单<&>服务' }));
    const query = { Action: 'DescribeInstances', RegionId: HANGZHOU };

    const text = await (await fetch(signedUrl(query))).text();

    expect(text).toContain('<InstanceName>订单&lt;&amp;&gt;服务</InstanceName>');
  });
});

it('a call is answered as the command line sends it, with a form that is empty', async () => {
  const query = { Action: 'DescribeInstanceStatus', RegionId: HANGZHOU, SignatureType: '' };

  const answer = await fetch(signedUrl({ ...query, Format: 'JSON' }, 'POST'), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

  expect(await answer.json()).toMatchObject({ PageNumber: 1 });
});

describe('a call is refused', () => {
  it('when there is no such action', async () => {
    await expect(openApi(ecs)('DescribeUnicorns')).rejects.toMatchObject({
      code: 'InvalidApi.NotFound',
      data: { statusCode: 404 },
    });
  });

  it('when its version is another one', async () => {
    await expect(
      popCore(ecs, 'GET')('DescribeRegions', { Version: '2016-03-14' }),
    ).rejects.toMatchObject({ code: 'InvalidApi.NotFound' });
  });

  it('when it is neither GET nor POST', async () => {
    const answer = await fetch(signedUrl({ Action: 'DescribeRegions' }, 'PUT'), { method: 'PUT' });

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>UnsupportedHTTPMethod</Code>');
  });

  it('with the reason, when the local cloud itself fails', async () => {
    const stop = ecs.fleet.onPage(() => {
      throw new Error('the test broke it');
    });

    await expect(
      openApi(ecs)('DescribeInstanceStatus', { RegionId: HANGZHOU }),
    ).rejects.toMatchObject({
      code: 'InternalError',
      data: { statusCode: 500, Message: 'Error: the test broke it' },
    });
    stop();
  });
});

describe('usage', () => {
  it('names what was called', () =>
    withEcs({}, async (quiet) => {
      const call = openApi(quiet);

      await call('DescribeRegions');
      await call('DescribeRegions');
      await call('StopInstance').catch(() => undefined);
      await call('DescribeUnicorns').catch(() => undefined);

      const usage: EcsUsage = quiet.usage;
      expect(usage).toEqual({
        calls: { DescribeRegions: 2, StopInstance: 1 },
        throttled: 0,
        inFlight: 0,
        delayed: 0,
        maxInFlight: 1,
      });
    }));
});
