'use strict';

// What runs inside one function instance: loads the handler, then answers one request after the
// other. Plain JavaScript, because nothing of this repository is on the function's side of the wire.

const { resolve } = require('node:path');

const [codeDir, handlerName] = process.argv.slice(2);

process.on('message', async ({ event, context }) => {
  process.send(await answer(event, context));
});

// The runtime went away without stopping its instances.
process.on('disconnect', () => process.exit());

// Ctrl-C reaches every process of a terminal. The runtime decides when an instance ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

async function answer(event, context) {
  try {
    const handler = loadHandler();
    const result = await handler(event, { ...context, logger: loggerOf(context.requestId) });
    return { body: toBuffer(result) };
  } catch (error) {
    return { error: describe(error) };
  }
}

/** `index.handler` is the function `handler` of the file `index.js`; a bundle is loaded once. */
function loadHandler() {
  const dot = handlerName.lastIndexOf('.');
  const [file, name] = [handlerName.slice(0, dot), handlerName.slice(dot + 1)];
  const handler = require(resolve(codeDir, `${file}.js`))[name];
  if (typeof handler !== 'function') {
    throw new Error(`Handler '${name}' is missing on module '${file}'`);
  }
  return handler;
}

/** A Buffer as it is, an object as JSON, anything else as a string. */
function toBuffer(result) {
  if (Buffer.isBuffer(result)) return result;
  return Buffer.from(typeof result === 'object' ? JSON.stringify(result) : String(result));
}

function describe(error) {
  if (!(error instanceof Error)) return { errorMessage: String(error), errorType: typeof error };
  return {
    errorMessage: error.message,
    errorType: error.name,
    stackTrace: String(error.stack).split('\n'),
  };
}

function loggerOf(requestId) {
  const logAs = (level) => (message) =>
    process.stdout.write(`${new Date().toISOString()} ${requestId} [${level}] ${message}\n`);
  return {
    debug: logAs('DEBUG'),
    info: logAs('INFO'),
    log: logAs('INFO'),
    warn: logAs('WARNING'),
    error: logAs('ERROR'),
  };
}
