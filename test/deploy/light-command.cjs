'use strict';

// Runs a command of the project in this folder, with the variables of `.env`, as commands/run.mjs does.

const { join } = require('node:path');

const [, , name, ...args] = process.argv;
const commands = join(process.cwd(), 'commands');
const { loadDotEnv } = require(join(commands, 'dot-env.ts'));
// biome-ignore lint/style/noProcessEnv: variables of `.env` become those of this process.
loadDotEnv(process.cwd(), process.env, (warning) => process.stderr.write(`# ${warning}\n`));
const file = join(commands, `${name}.ts`);
process.argv = [process.execPath, file, ...args];
require(file);
