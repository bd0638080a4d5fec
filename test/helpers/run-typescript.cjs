'use strict';

// Lets Node.js run the TypeScript of this project in processes that tests start. tsx, which runs the
// commands of package.json, takes about a second more to start, and the tests start dozens of
// processes. The compiler is the one that Jest uses.

const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

// A stack trace names the lines of the source.
process.setSourceMapsEnabled(true);

const OPTIONS = {
  configFile: false,
  swcrc: false,
  sourceMaps: 'inline',
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
};

require.extensions['.ts'] = (module, filename) => {
  const source = readFileSync(filename, 'utf8');
  module._compile(transformSync(source, { ...OPTIONS, filename }).code, filename);
};
