import { type CrashedKind, playEveryCrash } from './every-crash.ts';

/** Plays every crash of one kind of tick; prints what came of it as one line of JSON. */
async function main(kind: CrashedKind): Promise<void> {
  process.stdout.write(`${JSON.stringify(await playEveryCrash(kind))}\n`);
}

void main(process.argv[2] as CrashedKind);
