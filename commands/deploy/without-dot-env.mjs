// Loaded into the CLI of Serverless Devs before its own code:
//
//   node --import …/without-dot-env.mjs …/s deploy
//
// The CLI reads `.env` beside s.yaml whatever ECS_WATCH_ENV_FILE says, so a variable that only one
// environment has would reach the functions of the other. It also replaces `$name` in the value of each
// variable that is named there, be it set by the shell. It has no switch for either.
import fs from 'node:fs';
import { basename } from 'node:path';

const { readFileSync } = fs;

/** There is no `.env`: the commands have read the right one. */
fs.readFileSync = (path, options) => {
  if (typeof path === 'string' && basename(path) === '.env') {
    const error = new Error(`ENOENT: no such file or directory, open '${path}'`);
    throw Object.assign(error, { code: 'ENOENT', path });
  }
  return readFileSync(path, options);
};
