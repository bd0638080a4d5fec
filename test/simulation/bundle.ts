import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, type Plugin } from 'esbuild';
import type { Line } from './play.ts';

const ROOT = join(__dirname, '..', '..');

/** A mistake made on purpose: this text of a file, which it holds once, becomes that. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Builds the player of histories, with the real code as it is or with mistakes planted in it. */
export async function bundlePlayer(outfile: string, edits: readonly Edit[] = []): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(__dirname, 'play.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // It breaks in strict mode; from node_modules it is loaded as it is.
    external: ['tablestore'],
    logLevel: 'error',
    plugins: [planting(edits)],
  });
}

function planting(edits: readonly Edit[]): Plugin {
  return {
    name: 'planting',
    setup(plugged) {
      plugged.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const { file, from, to } of edits) {
          if (path !== join(ROOT, file)) continue;
          if (contents.split(from).length !== 2)
            throw new Error(`${file} does not hold once: ${from}`);
          contents = contents.replace(from, () => to);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

export interface Stretch {
  readonly first: number;
  readonly seeds: number;
  readonly ticks: number;
  /** Every how manieth history is played. */
  readonly step?: number;
  readonly stop?: boolean;
}

/** Plays histories in a process of their own; each line of it is told as it comes. */
export async function play(
  player: string,
  { first, seeds, ticks, step = 1, stop = false }: Stretch,
  tell: (line: Line) => void,
): Promise<void> {
  const numbers = Object.entries({ first, seeds, ticks, step }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const child = spawn(process.execPath, [player, ...numbers, ...(stop ? ['--stop'] : [])], {
    env: { NODE_PATH: join(ROOT, 'node_modules') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) tell(JSON.parse(line) as Line);
}

/** What came of many histories. */
export interface Played {
  readonly played: number;
  /** What happened in all of them, to know that there was something to check. */
  readonly tally: ReadonlyMap<string, number>;
  readonly broken: number;
}

/** Plays histories in so many processes at once, and tells each one that broke a promise. */
export async function playAll(
  player: string,
  { first, seeds, ticks }: Stretch,
  processes: number,
  tellBroken: (seed: number, violations: readonly string[]) => void,
  tellProgress: (soFar: number) => void = () => undefined,
): Promise<Played> {
  const tally = new Map<string, number>();
  let broken = 0;
  let played = 0;
  let soFar = 0;
  const step = Math.max(1, Math.min(processes, seeds));
  const shares = Array.from({ length: step }, (_, place) =>
    play(player, { first: first + place, seeds: seeds - place, ticks, step }, (line) => {
      if ('seed' in line) {
        broken += 1;
        tellBroken(line.seed, line.violations);
        return;
      }
      if ('more' in line) {
        soFar += line.more;
        tellProgress(soFar);
        return;
      }
      played += line.played;
      for (const [what, count] of Object.entries(line.tally)) {
        tally.set(what, (tally.get(what) ?? 0) + count);
      }
    }),
  );
  await Promise.all(shares);
  return { played, tally, broken };
}
