import { Readable } from 'node:stream';
import FcClient, {
  CreateFunctionInput,
  CreateFunctionRequest,
  CreateTriggerInput,
  CreateTriggerRequest,
  GetFunctionRequest,
  InvokeFunctionRequest,
  ListTriggersRequest,
  PutConcurrencyConfigRequest,
  PutConcurrencyInput,
  UpdateFunctionInput,
  UpdateFunctionRequest,
} from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { strToU8, zipSync } from 'fflate';
import { systemClock } from '../../../local/clock.ts';
import { type FunctionCompute, startFunctionCompute } from '../../../local/fc/index.ts';

const KEY = { accessKeyId: 'local', accessKeySecret: 'local-secret' };
const HTTP = { triggerName: 'http', triggerType: 'http', qualifier: 'LATEST' };

/** A zip file in Base64, of a function that answers with this expression. */
function zipOf(expression: string): string {
  const source = `exports.handler = async (event) => ${expression};`;
  return Buffer.from(zipSync({ 'index.js': strToU8(source) })).toString('base64');
}

/** The unmodified official client. */
describe('Function Compute on a laptop', () => {
  let compute: FunctionCompute;
  let client: FcClient;
  beforeEach(async () => {
    compute = await startFunctionCompute({
      platform: {
        credentials: {},
        region: 'cn-hangzhou',
        clock: systemClock,
        onLog: () => undefined,
      },
      accessKeys: [KEY],
    });
    client = clientWith(KEY);
  });
  afterEach(() => compute.close());

  function clientWith(key: typeof KEY): FcClient {
    const endpoint = compute.url.replace('http://', '');
    return new FcClient(
      new $OpenApiUtil.Config({ ...key, endpoint, protocol: 'HTTP', regionId: 'cn-hangzhou' }),
    );
  }

  async function create(expression: string, more: object = {}): Promise<void> {
    const body = new CreateFunctionInput({
      functionName: 'view',
      runtime: 'nodejs20',
      handler: 'index.handler',
      timeout: 5,
      memorySize: 128,
      code: { zipFile: zipOf(expression) },
      ...more,
    });
    await client.createFunction(new CreateFunctionRequest({ body }));
  }

  async function invoke(event = ''): Promise<string> {
    const { body } = await client.invokeFunction(
      'view',
      new InvokeFunctionRequest({ body: Readable.from([Buffer.from(event)]) }),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of body as Readable) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString();
  }

  it('runs what was uploaded, with its variables, and then what was uploaded in its place', async () => {
    await create('process.env.GREETING + event', { environmentVariables: { GREETING: 'hello ' } });
    const first = await invoke('you');
    const code = { zipFile: zipOf("'changed ' + process.env.GREETING") };
    const before = await client.getFunction('view', new GetFunctionRequest({}));
    await client.updateFunction(
      'view',
      new UpdateFunctionRequest({ body: new UpdateFunctionInput({ code }) }),
    );

    const after = await client.getFunction('view', new GetFunctionRequest({}));
    expect([first, await invoke()]).toEqual(['hello you', 'changed hello ']);
    expect(after.body?.environmentVariables).toEqual({ GREETING: 'hello ' });
    expect(after.body?.codeChecksum).not.toBe(before.body?.codeChecksum);
  });

  it('serves an HTTP trigger at the address that it gives', async () => {
    await create("({ statusCode: 200, body: 'served' })");
    const triggerConfig = JSON.stringify({ authType: 'anonymous', methods: ['GET'] });
    const body = new CreateTriggerInput({ ...HTTP, triggerConfig });
    await client.createTrigger('view', new CreateTriggerRequest({ body }));

    const { body: listed } = await client.listTriggers('view', new ListTriggersRequest({}));
    const [trigger] = listed?.triggers ?? [];
    const answer = await fetch(trigger?.httpTrigger?.urlInternet ?? '');

    expect(await answer.text()).toBe('served');
    await expect(
      client.createTrigger(
        'view',
        new CreateTriggerRequest({
          body: new CreateTriggerInput({ ...body, triggerName: 'other' }),
        }),
      ),
    ).rejects.toThrow('one HTTP trigger at most');
  });

  it('blocks a function without concurrency', async () => {
    await create("'ran'");
    const body = new PutConcurrencyInput({ reservedConcurrency: 0 });
    await client.putConcurrencyConfig('view', new PutConcurrencyConfigRequest({ body }));

    await expect(invoke()).rejects.toMatchObject({ code: 'ResourceExhausted' });
  });

  it('knows no function that was not created, or was deleted', async () => {
    const get = () => client.getFunction('view', new GetFunctionRequest({}));
    await expect(get()).rejects.toMatchObject({ code: 'FunctionNotFound' });
    await create("'ran'");
    await client.deleteFunction('view');

    await expect(get()).rejects.toMatchObject({ code: 'FunctionNotFound' });
  });

  it('keeps its functions from strangers', async () => {
    await create("'ran'");

    const stranger = clientWith({ ...KEY, accessKeySecret: 'another-secret' });

    await expect(stranger.getFunction('view', new GetFunctionRequest({}))).rejects.toMatchObject({
      code: 'SignatureNotMatch',
    });
  });
});
