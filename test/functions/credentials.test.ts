import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../../commands/bundle.ts';
import { systemClock } from '../../local/clock.ts';
import { type FunctionRuntime, type Platform, startFunction } from '../../local/fc/index.ts';
import {
  LOCAL_KEYS,
  LOCAL_ROLE_KEYS,
  type LocalCloud,
  startLocalCloud,
} from '../../local/index.ts';

const CHAIN = 'credential-chain.js';
const KEYS_IN_ENVIRONMENT = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
};

/**
 * The functions as they are deployed, each in a process of its own, what a good answer holds, and what
 * else lies beside the bundle.
 */
describe.each([
  ['watch', '"ok":true', ['fc2-invoker.js']],
  ['view', '"statusCode":200', []],
] as const)('the bundle of %s', (name, good, others) => {
  let cloud: LocalCloud;
  let dir: string;
  const started: FunctionRuntime[] = [];
  beforeAll(async () => {
    cloud = await startLocalCloud({ fleetSize: 3 });
    dir = await mkdtemp(join(tmpdir(), 'ecs-watch-credentials-'));
    await bundleFunctions(dir, [name]);
  });
  afterAll(async () => {
    await Promise.all(started.map((runtime) => runtime.close()));
    await cloud.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('has what few functions load in files beside it, and not in itself', async () => {
    const files = (await readdir(join(dir, name))).filter((file) => file.endsWith('.js')).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(dir, name, file), 'utf8')));

    expect(files).toEqual([CHAIN, ...others, 'index.js']);
    // The bundler names each file of a package that it takes in.
    const holding = (folder: string) =>
      files.filter((_, index) => texts[index]?.includes(`node_modules/${folder}/`));
    expect(holding('@alicloud/credentials')).toEqual([CHAIN]);
    expect(holding('@alicloud/fc2')).toEqual(others);
  });

  it('takes keys from the chain where Function Compute gives no role', async () => {
    expect(await answerOf({}, KEYS_IN_ENVIRONMENT)).toContain(good);
  });

  it('does not load the chain where Function Compute gives a role', async () => {
    const folder = `${name}-without-chain`;
    await cp(join(dir, name, 'index.js'), join(dir, folder, 'index.js'));

    expect(await answerOf(LOCAL_ROLE_KEYS, {}, folder)).toContain(good);
    // Without a role, the same folder is not enough.
    expect(await answerOf({}, KEYS_IN_ENVIRONMENT, folder)).toContain(CHAIN);
  });

  it.each(['\r', ' ', '\ufeff', '\n'])(
    'takes a key with %j around it for the key',
    async (extra) => {
      const copied = Object.fromEntries(
        Object.entries(KEYS_IN_ENVIRONMENT).map(([variable, key]) => [
          variable,
          extra + key + extra,
        ]),
      );

      expect(await answerOf({}, copied)).toContain(good);
    },
  );

  it('refuses a key that no header can hold, before any request', async () => {
    const { ALIBABA_CLOUD_ACCESS_KEY_ID: id } = KEYS_IN_ENVIRONMENT;
    const before = { ...cloud.tablestore.usage.requests };
    const keys = { ...KEYS_IN_ENVIRONMENT, ALIBABA_CLOUD_ACCESS_KEY_ID: `${id}\r${id}` };

    const answer = await answerOf({}, keys);

    expect(answer).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID');
    expect(answer).toContain('copy it again');
    expect(answer).not.toContain(id);
    expect(cloud.tablestore.usage.requests).toEqual(before);
  });

  it('says what to do where neither has keys', async () => {
    const nowhere = { HOME: dir, ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };

    expect(await answerOf({}, nowhere)).toContain('No credentials: give the function a role');
  });

  /** What an invocation answered, or its error, and what it logged. */
  async function answerOf(
    credentials: Platform['credentials'],
    variables: Readonly<Record<string, string>>,
    folder: string = name,
  ): Promise<string> {
    const logs: string[] = [];
    const runtime = startFunction(
      {
        name,
        codeDir: join(dir, folder),
        handler: 'index.handler',
        timeoutSeconds: 30,
        environment: { ...cloud.environment, VIEW_PUBLIC: 'true', ...variables },
      },
      {
        credentials,
        region: 'cn-hangzhou',
        clock: systemClock,
        onLog: ({ text }) => logs.push(text),
      },
    );
    started.push(runtime);
    const result = await runtime.invoke(Buffer.from('{}'));
    const answer = result.kind === 'returned' ? result.body.toString() : JSON.stringify(result);
    return `${answer}\n${logs.join('\n')}`;
  }
});
