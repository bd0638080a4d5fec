import { type Crashes, playEveryCrash } from './every-crash.ts';

/** Plays crashes of one kind of tick; prints what came of it as one line of JSON. */
async function main(crashes: Crashes): Promise<void> {
  process.stdout.write(`${JSON.stringify(await playEveryCrash(crashes))}\n`);
}

void main(JSON.parse(process.argv[2] ?? '{}'));
