const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

// A package calls `Buffer()`. Node.js reads the stack at each call, to warn of calls outside of packages,
// until it has warned once. In the bundles, whose code is all outside, that is silent as well.
process.noDeprecation = true;
setImmediate(() => Buffer(0));

const { env } = require('node:process');
const { ownKeys, getOwnPropertyDescriptor: descriptorOf } = Reflect;

/**
 * Jest's own environment gives each suite globals of its own, in a sandbox of V8: its classes are not
 * those of the packages outside, all code in it must be compiled again, and each global takes long to
 * look up. The product runs in no sandbox, and its tests need none: they replace no module and no
 * global. Here a suite runs among the globals of its process, which are put back when it ends, and so are
 * the variables of the environment. What it adds to a class, to a package or as a listener stays.
 */
class EnvironmentOfTheProcess {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  #globals = new Map(ownKeys(globalThis).map((key) => [key, descriptorOf(globalThis, key)]));
  #variables = { ...env };
  #exit = process.exit;
  #prepareStackTrace = Error.prepareStackTrace;

  constructor({ projectConfig: config }) {
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
  }

  async setup() {
    globalThis.global = globalThis;
    // Jest asks for 100 frames of each error, most of which nothing shows.
    Error.stackTraceLimit = 25;
  }

  async teardown() {
    this.moduleMocker.restoreAllMocks();
    this.fakeTimersModern.dispose();
    for (const key of ownKeys(globalThis)) {
      if (!this.#globals.has(key)) Reflect.deleteProperty(globalThis, key);
    }
    for (const [key, descriptor] of this.#globals) {
      if (descriptor.configurable) Object.defineProperty(globalThis, key, descriptor);
    }
    for (const name of Object.keys(env)) {
      if (this.#variables[name] === undefined) delete env[name];
    }
    Object.assign(env, this.#variables);
    process.exit = this.#exit;
    Error.prepareStackTrace = this.#prepareStackTrace;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** Jest asks for the sandbox to see that the environment is alive. */
  getVmContext() {
    return {};
  }
}

module.exports = EnvironmentOfTheProcess;
