import { env } from 'node:process';

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
