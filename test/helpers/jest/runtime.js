const { createRequire, isBuiltin } = require('node:module');
const { Script } = require('node:vm');
const { default: JestRuntime } = require('jest-runtime');

/** File name → what V8 has compiled of it, for all suites of this process. */
const scripts = new Map();

/**
 * Each suite has the modules of this project for itself, as ever, but they are compiled once in a
 * process, and packages are loaded once, by Node.js: to load the SDKs takes longer than most suites.
 */
class Runtime extends JestRuntime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    const head = `(function (${executor.injectedModuleParameters.join(', ')}) {`;
    executor.compile = (source, filename) => {
      const known = scripts.get(filename);
      if (known?.source === source) return known.script.runInThisContext();
      const script = new Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
      scripts.set(filename, { source, script });
      return script.runInThisContext();
    };
  }

  requireModuleOrMock(from, name) {
    return isPackage(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
}

/** Jest makes the exports of `@jest/globals` for each suite. */
function isPackage(name) {
  return !/^[./]/u.test(name) && !isBuiltin(name) && name !== '@jest/globals';
}

module.exports = { __esModule: true, default: Runtime };
