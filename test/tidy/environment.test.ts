import { env } from 'node:process';
import { filesLike, textOf } from '../helpers/documents.ts';

const Environment = require('../helpers/jest/environment.js');

describe('the environment of the suites', () => {
  it('puts back what a suite has changed of its process', async () => {
    const { PATH } = env;
    const environment = new Environment({ projectConfig: { fakeTimers: {} } });
    await environment.setup();
    env.LEFT_BEHIND = 'yes';
    env.PATH = 'changed';
    Object.assign(globalThis, { leftBehind: true });
    environment.moduleMocker.spyOn(Date, 'now').mockReturnValue(0);

    await environment.teardown();

    expect(env.LEFT_BEHIND).toBeUndefined();
    expect(env.PATH).toBe(PATH);
    expect('leftBehind' in globalThis).toBe(false);
    expect(Date.now()).toBeGreaterThan(0);
  });
});

/** What a suite cannot do here, and why. */
const REFUSED: readonly (readonly [call: RegExp, why: string])[] = [
  [
    /\bjest\.(?:mock|doMock|unmock|dontMock|setMock)\(/gu,
    'Node.js loads packages once for all suites, so that no mock takes the place of one',
  ],
  [
    /(?<![.\w])once\(\s*[\w.?]*(?:socket|request|response|connection)\s*,\s*'close'/giu,
    "once() of node:events fails at an error, as of a connection that is reset: listen to 'close'",
  ],
];

function refusedIn(source: string): readonly string[] {
  return REFUSED.flatMap(([call, why]) =>
    [...source.matchAll(call)].map(({ index }) => {
      return `line ${source.slice(0, index).split('\n').length}: ${why}`;
    }),
  );
}

describe('the suites', () => {
  it('use nothing that does nothing here, or fails now and then', () => {
    const found = filesLike('test/*.ts', 'bench/*.ts')
      .filter((file) => file !== 'test/tidy/environment.test.ts')
      .flatMap((file) => refusedIn(textOf(file)).map((problem) => `${file}, ${problem}`));

    expect(found).toEqual([]);
  });

  it.each([
    [1, "jest.mock('tablestore');"],
    [2, "\n  jest.doMock('../ports.ts', () => ({}));"],
    [1, "await once(request.socket, 'close');"],
    [1, "ends.push(once(\n  response,\n  'close'));"],
  ])('are refused it, on line %i of %j', (line, source) => {
    expect(refusedIn(source)).toEqual([expect.stringContaining(`line ${line}: `)]);
  });

  it.each([
    "await once(child, 'close');",
    "socket.once('close', resolve);",
    "await once(request, 'response');",
    "jest.spyOn(Date, 'now');",
  ])('may %s', (source) => {
    expect(refusedIn(source)).toEqual([]);
  });
});
