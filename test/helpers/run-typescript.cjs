'use strict';

// Lets Node.js run the TypeScript of this project in processes that tests start. The tests start
// dozens, and commands/load-typescript.mjs, which runs the commands of package.json, compiles all of it each
// time. The compiler is the one that Jest uses, and what it has made is kept as Jest keeps it. What V8 has
// made of all modules of a program, packages among them, is kept as well, as newer versions of Node.js do.

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join, relative } = require('node:path');
const { deserialize, serialize } = require('node:v8');
const { constants, Script } = require('node:vm');
const { version } = require('@swc/core/package.json');

const OPTIONS = {
  configFile: false,
  swcrc: false,
  sourceMaps: 'inline',
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
};

const KEPT = join(__dirname, '../../node_modules/.cache/run-typescript');
mkdirSync(KEPT, { recursive: true });

require.extensions['.ts'] = (module, filename) => {
  module._compile(compiled(filename, readFileSync(filename, 'utf8')), filename);
};

function compiled(filename, source) {
  const path = join(KEPT, `${hashOf(version, JSON.stringify(OPTIONS), source)}.js`);
  const kept = readIfThere(path);
  if (kept !== undefined) return kept.toString();
  // Loading the compiler takes a tenth of a second: a process that needs nothing compiled does without.
  const { code } = require('@swc/core').transformSync(source, { ...OPTIONS, filename });
  keep(path, code);
  return code;
}

/** A copy of the project has the same files in another folder. */
const nameOf = (filename) => relative(process.cwd(), filename).replace(/^\.\..*/u, filename);

/** Name → hash of the source, and what V8 made of it in former runs of this program. */
const PROGRAM = hashOf(process.version, process.arch, nameOf(process.argv[1] ?? ''));
const CODE = join(KEPT, `${PROGRAM}.code`);
const known = new Map(deserialize(readIfThere(CODE) ?? serialize([])));
/** Name → hash of the source, and the script that V8 had to compile in this run. */
const fresh = new Map();
/** Of the modules in TypeScript. */
const compiledSources = new Map();

Module.prototype._compile = function compile(content, filename) {
  const source = Module.wrap(content.replace(/^#!.*/u, ''));
  const hash = hashOf(source);
  const name = nameOf(filename);
  const { data: cachedData } = known.get(name)?.hash === hash ? known.get(name) : {};
  const script = new Script(source, {
    filename,
    cachedData,
    columnOffset: -Module.wrapper[0].length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) fresh.set(name, { hash, script });
  if (filename.endsWith('.ts')) compiledSources.set(filename, content);
  const own = Module.createRequire(filename);
  const required = Object.assign((name) => this.require(name), own, { main: process.mainModule });
  const run = script.runInThisContext();
  return run.call(this.exports, this.exports, required, this, filename, dirname(filename));
};

// At its end, V8 has compiled all functions that the program needs.
process.once('exit', () => {
  if (fresh.size === 0) return;
  for (const [name, { hash, script }] of fresh) {
    known.set(name, { hash, data: script.createCachedData() });
  }
  keep(CODE, serialize([...known]));
});

/** File name → its source map. Node.js would read all of them, and hardly a process needs one. */
const maps = new Map();

// A stack trace names the lines of the source.
Error.prepareStackTrace = (error, sites) =>
  [String(error), ...sites.map((site) => `    at ${inSource(site)}`)].join('\n');

function inSource(site) {
  const filename = site.getFileName();
  const { originalLine, originalColumn } =
    mapOf(filename)?.findEntry(site.getLineNumber() - 1, site.getColumnNumber() - 1) ?? {};
  if (originalLine === undefined) return String(site);
  return String(site).replace(/:\d+:\d+(?=\)?$)/u, `:${originalLine + 1}:${originalColumn + 1}`);
}

function mapOf(filename) {
  if (!maps.has(filename) && compiledSources.has(filename)) {
    const [, base64] = /\n\/\/# sourceMappingURL=[^,]*,(\S+)\s*$/u.exec(
      compiledSources.get(filename),
    );
    maps.set(filename, new Module.SourceMap(JSON.parse(Buffer.from(base64, 'base64'))));
  }
  return maps.get(filename);
}

function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part}\0`);
  return hash.digest('hex');
}

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Processes that run side by side never read half a file. */
function keep(path, content) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}
