'use strict';

// Lets Node.js run the TypeScript of this project in processes that tests start. tsx, which runs the
// commands of package.json, takes about a second more to start, and the tests start dozens of
// processes. The compiler is the one that Jest uses, and what it has made is kept as Jest keeps it: a
// process that compiles everything by itself spends most of its time on that.

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('@swc/core/package.json');

// A stack trace names the lines of the source.
process.setSourceMapsEnabled(true);

const OPTIONS = {
  configFile: false,
  swcrc: false,
  sourceMaps: 'inline',
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
};

const COMPILED = join(__dirname, '../../node_modules/.cache/run-typescript');
mkdirSync(COMPILED, { recursive: true });

require.extensions['.ts'] = (module, filename) => {
  module._compile(compiled(filename, readFileSync(filename, 'utf8')), filename);
};

/** The source's name is a part of what is made of it: the source map holds it. */
function compiled(filename, source) {
  const hash = createHash('sha256');
  for (const part of [version, JSON.stringify(OPTIONS), filename, source]) hash.update(`${part}\0`);
  const path = join(COMPILED, `${hash.digest('hex')}.js`);
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Loading the compiler takes a tenth of a second: a process that needs nothing compiled does without.
    const { code } = require('@swc/core').transformSync(source, { ...OPTIONS, filename });
    // Processes that run side by side never read half a file.
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, path);
    return code;
  }
}
