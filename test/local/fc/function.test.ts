import { setImmediate as nextTurn } from 'node:timers/promises';

import { openWorkshop, returned, type Workshop } from './helpers.ts';

const NO_EVENT = Buffer.alloc(0);

let workshop: Workshop;

beforeEach(() => {
  workshop = openWorkshop();
});

afterEach(() => workshop.close());

it('hands the event over as a Buffer, byte for byte, and a Buffer back', async () => {
  const echo = await workshop.deploy(`
    exports.handler = async (event) => {
      if (!Buffer.isBuffer(event)) throw new TypeError('no Buffer');
      return event;
    };`);
  const event = Buffer.from([0, 255, 10, 195, 40]);

  const result = await echo.invoke(event);
  const ofNothing = await echo.invoke(NO_EVENT);

  expect(result).toMatchObject({ kind: 'returned', body: event });
  expect(ofNothing).toMatchObject({ kind: 'returned', body: NO_EVENT });
});

it.each([
  ['an object as JSON', '({ ok: true })', '{"ok":true}'],
  ['a list as JSON', '[1, 2]', '[1,2]'],
  ['a string as it is', '"{}"', '{}'],
  ['a number as a string', '7', '7'],
])('returns %s', async (_, result, body) => {
  const deployed = await workshop.deploy(`exports.handler = () => ${result};`);

  expect(await deployed.invoke(NO_EVENT)).toMatchObject({ body: Buffer.from(body) });
});

it('gives the handler the context of the platform', async () => {
  const credentials = {
    accessKeyId: 'STS.local',
    accessKeySecret: 'secret',
    securityToken: 'token',
  };
  const deployed = await workshop.deploy(
    'exports.handler = (event, context) => context;',
    { name: 'watch', timeoutSeconds: 20, memoryMb: 256 },
    { credentials },
  );

  const result = await deployed.invoke(NO_EVENT, { retryCount: 2 });

  expect(returned(result)).toMatchObject({
    requestId: result.requestId,
    credentials,
    function: { name: 'watch', handler: 'index.handler', memory: 256, timeout: 20 },
    service: { logProject: '', logStore: '', qualifier: 'LATEST' },
    region: 'cn-hangzhou',
    accountId: '1234567890123456',
    retryCount: 2,
    tracing: {},
  });
});

it('gives a function the heap that Node.js chooses where there is so much memory', async () => {
  const heap = `exports.handler = () => require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20;`;
  const limits: unknown[] = [];
  for (const memoryMb of [256, undefined, 1024]) {
    const deployed = await workshop.deploy(heap, memoryMb === undefined ? {} : { memoryMb });
    limits.push(returned(await deployed.invoke(NO_EVENT)));
  }

  // The old generation, and three times the half of the young one.
  expect(limits).toEqual([128 + 3, 256 + 3, 512 + 3 * 4]);
});

it('gives a function without a role empty credentials, and no keys in its environment', async () => {
  const deployed = await workshop.deploy(
    'exports.handler = (event, { credentials }) => [credentials, Object.keys(process.env)];',
  );

  const [credentials, names] = returned(await deployed.invoke(NO_EVENT)) as [unknown, string[]];

  expect(credentials).toEqual({});
  expect(names.filter((name) => name.startsWith('ALIBABA_CLOUD_'))).toEqual([]);
});

it('inherits nothing of this process but PATH', async () => {
  const deployed = await workshop.deploy(
    'exports.handler = () => Object.keys(process.env);',
    { environment: { WATCH_REGIONS: 'cn-hangzhou' } },
    { credentials: { accessKeyId: 'a', accessKeySecret: 'b', securityToken: 'c' } },
  );

  const names = returned(await deployed.invoke(NO_EVENT)) as string[];

  expect(names.toSorted()).toEqual([
    'ALIBABA_CLOUD_ACCESS_KEY_ID',
    'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    'ALIBABA_CLOUD_SECURITY_TOKEN',
    'FC_ACCOUNT_ID',
    'FC_FUNCTION_HANDLER',
    'FC_FUNCTION_MEMORY_SIZE',
    'FC_FUNCTION_NAME',
    'FC_FUNC_CODE_PATH',
    'FC_INSTANCE_ID',
    'FC_REGION',
    'PATH',
    'WATCH_REGIONS',
  ]);
});

it('finds the files of the bundle where it runs', async () => {
  const deployed = await workshop.deploy(`
    const { readFileSync } = require('node:fs');
    exports.handler = () => readFileSync('index.js', 'utf8');`);

  expect(await deployed.invoke(NO_EVENT)).toMatchObject({ kind: 'returned' });
});

it('shows what a handler threw', async () => {
  const deployed = await workshop.deploy(`
    exports.handler = async () => { throw new RangeError('no such page'); };`);

  expect(await deployed.invoke(NO_EVENT)).toMatchObject({
    kind: 'failed',
    reason: 'thrown',
    error: {
      errorMessage: 'no such page',
      errorType: 'RangeError',
      stackTrace: expect.arrayContaining([expect.stringContaining('index.js')]),
    },
  });
});

it.each([
  ['does not load', 'throw new Error("no configuration");', 'no configuration'],
  ['lacks the handler', 'exports.other = () => 1;', "Handler 'handler' is missing"],
])('fails an invocation when the bundle %s', async (_, code, message) => {
  const deployed = await workshop.deploy(code);

  expect(await deployed.invoke(NO_EVENT)).toMatchObject({
    kind: 'failed',
    error: { errorMessage: expect.stringContaining(message) },
  });
});

const COUNTER = `
  let count = 0;
  exports.handler = (event) => {
    count += 1;
    if (event.toString() === 'hang') while (true);
    if (event.toString() === 'exit') process.exit(3);
    if (event.toString() === 'crash') setImmediate(() => { throw new Error('not caught'); });
    if (event.toString() === 'crash') return new Promise(() => {});
    return { count, pid: process.pid };
  };`;

it('uses a warm instance again', async () => {
  const deployed = await workshop.deploy(COUNTER);

  await deployed.invoke(NO_EVENT);

  expect(returned(await deployed.invoke(NO_EVENT))).toMatchObject({ count: 2 });
});

it('kills a function that runs over its time, and starts cold after it', async () => {
  const deployed = await workshop.deploy(COUNTER, { timeoutSeconds: 2 });

  const result = await deployed.invoke(Buffer.from('hang'));

  expect(result).toEqual({
    kind: 'failed',
    requestId: result.requestId,
    reason: 'timeout',
    error: { errorMessage: 'Function timed out after 2 seconds (maxMemoryUsage: 0MB)' },
  });
  expect(returned(await deployed.invoke(NO_EVENT))).toMatchObject({ count: 1 });
});

it.each(['exit', 'crash'])('fails the invocation in which the process ends by %s', async (how) => {
  const deployed = await workshop.deploy(COUNTER);
  await deployed.invoke(NO_EVENT);

  const result = await deployed.invoke(Buffer.from(how));

  expect(result).toMatchObject({
    kind: 'failed',
    reason: 'exited',
    error: {
      errorMessage: expect.stringMatching(
        /^Process exited unexpectedly before completing request \(duration: \d+ms, maxMemoryUsage: 0MB\)$/,
      ),
    },
  });
  expect(returned(await deployed.invoke(NO_EVENT))).toMatchObject({ count: 1 });
});

it('passes on every line that the function prints, before the invocation ends', async () => {
  const deployed = await workshop.deploy(`
    exports.handler = (event, { logger }) => {
      console.log('one\\ntwo');
      console.error('three');
      logger.info('四');
      process.stdout.write('no end of line'.padStart(100_000));
      console.log();
    };`);

  await deployed.invoke(NO_EVENT);

  const texts = (stream: string) =>
    workshop.lines.filter((line) => line.stream === stream).map(({ text }) => text.trim());
  expect(texts('stdout')).toEqual([
    'one',
    'two',
    expect.stringMatching(/\[INFO\] 四$/),
    'no end of line',
  ]);
  expect(texts('stderr')).toEqual(['three']);
  expect(new Set(workshop.lines.map(({ functionName }) => functionName))).toEqual(
    new Set(['fixture']),
  );
});

it('logs why an invocation failed', async () => {
  const deployed = await workshop.deploy(COUNTER);

  const { requestId } = await deployed.invoke(Buffer.from('exit'));

  expect(workshop.lines).toContainEqual({
    functionName: 'fixture',
    stream: 'platform',
    text: expect.stringMatching(`^${requestId} Process exited unexpectedly`),
  });
});

// Answers when the file that the event names exists.
const WAITER = `
  const { existsSync } = require('node:fs');
  exports.handler = async (event) => {
    while (!existsSync(event.toString())) await new Promise(setImmediate);
    return { pid: process.pid };
  };`;

it('runs one request at a time in an instance, and as many instances as are reserved', async () => {
  const deployed = await workshop.deploy(WAITER, { reservedConcurrency: 2 });
  const gate = Buffer.from('index.js');

  const results = await Promise.all([gate, gate, gate].map((event) => deployed.invoke(event)));
  const pids = results.slice(0, 2).map((result) => (returned(result) as { pid: number }).pid);
  const afterwards = await deployed.invoke(gate);

  expect(results.map(({ kind }) => kind)).toEqual(['returned', 'returned', 'throttled']);
  expect(new Set(pids).size).toBe(2);
  expect(pids).toContain((returned(afterwards) as { pid: number }).pid);
});

it('blocks every call when nothing is reserved', async () => {
  const deployed = await workshop.deploy(COUNTER, { reservedConcurrency: 0 });

  expect(await deployed.invoke(NO_EVENT)).toMatchObject({ kind: 'throttled' });
});

it('ends what still runs when it is closed, and takes nothing afterwards', async () => {
  const deployed = await workshop.deploy(WAITER);

  const running = deployed.invoke(Buffer.from('never'));
  await nextTurn();
  await deployed.close();

  expect(await running).toMatchObject({ kind: 'failed', reason: 'exited' });
  await expect(deployed.invoke(NO_EVENT)).rejects.toThrow('closed');
});

it('names everything that could not be deployed, and no value of a variable', async () => {
  const deploying = workshop.deploy('', {
    name: '1st',
    handler: 'main.handler',
    timeoutSeconds: 0,
    reservedConcurrency: -1,
    environment: { FC_REGION: 'a-secret', '1ST': 'a-secret', BIG: 'a-secret'.repeat(600) },
    maxAsyncRetryAttempts: 9,
    maxAsyncEventAgeInSeconds: 0,
  });

  const problem = await deploying.catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(RangeError);
  const { message } = problem as RangeError;
  for (const name of [
    '1st',
    'main.js',
    'timeoutSeconds',
    'reservedConcurrency',
    'FC_REGION',
    '1ST',
  ]) {
    expect(message).toContain(name);
  }
  for (const name of ['4096', 'maxAsyncRetryAttempts', 'maxAsyncEventAgeInSeconds']) {
    expect(message).toContain(name);
  }
  expect(message).not.toContain('a-secret');
});
