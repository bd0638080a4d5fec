import { runBox } from '../../commands/box/main.ts';

/** A box in a process of its own, over functions that are built already, and with a shorter period. */
const [codeDir = '', periodMs = '', ...args] = process.argv.slice(2);

void runBox(args, { periodMs: Number(periodMs), build: async () => codeDir }).then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
