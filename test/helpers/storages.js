// In Node.js 20, each `AsyncLocalStorage` that is in use costs time whenever a promise is made. Jest
// uses one for each suite and never disables it: the last of 160 suites in a process pays for 160.

const hooks = require('node:async_hooks');

/** This module of Node.js is the same for all suites of a process. */
const KEPT = Symbol.for('ecs-watch: storages of the suites');
hooks[KEPT] ??= { Original: hooks.AsyncLocalStorage, inUse: new Set() };
const { Original, inUse } = hooks[KEPT];

for (const storage of inUse) storage.disable();
inUse.clear();

/** Holds the running test for Jest. Here tests run one after the other: a variable is enough. */
class RunningTest {
  #store;

  getStore() {
    return this.#store;
  }

  run(store, work) {
    const outer = this.#store;
    const leave = () => {
      this.#store = outer;
    };
    this.#store = store;
    const result = work();
    result.then(leave, leave);
    return result;
  }
}

// After this file, Jest makes its own one before it loads the suite.
let isOfJest = true;
hooks.AsyncLocalStorage = new Proxy(Original, {
  construct(target, args, newTarget) {
    if (isOfJest) {
      isOfJest = false;
      return new RunningTest();
    }
    const storage = Reflect.construct(target, args, newTarget);
    inUse.add(storage);
    return storage;
  },
});
