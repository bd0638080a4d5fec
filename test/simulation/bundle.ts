import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, type Plugin } from 'esbuild';
import type { Crashes, EveryCrash } from './every-crash.ts';
import type { ManyRunsOptions } from './many-runs.ts';
import type { ManyScopesOptions } from './many-scopes.ts';
import { type Plantable, planting } from './plant.ts';
import type { Line } from './play.ts';
import type { ManyRunsLine } from './play-many-runs.ts';
import type { ManyScopesLine } from './play-many-scopes.ts';

const ROOT = join(__dirname, '..', '..');

/** Builds the player of histories over the real code. */
export async function bundlePlayer(outfile: string): Promise<void> {
  await bundle('play.ts', outfile, []);
}

/** Builds the player of histories in which one of these mistakes may be planted. */
export async function bundleMistakes(
  outfile: string,
  mistakes: readonly Plantable[],
): Promise<void> {
  await bundle('play-mistakes.ts', outfile, [await planting(mistakes)]);
}

/** Builds the player of many runs. */
export async function bundleManyRuns(outfile: string): Promise<void> {
  await bundle('play-many-runs.ts', outfile, []);
}

/** Builds the player of many scopes, in which one of these mistakes may be planted. */
export async function bundleManyScopes(
  outfile: string,
  mistakes: readonly Plantable[],
): Promise<void> {
  await bundle('play-many-scopes.ts', outfile, [await planting(mistakes)]);
}

/** Builds the player of every crash. */
export async function bundleEveryCrash(outfile: string): Promise<void> {
  await bundle('play-every-crash.ts', outfile, []);
}

async function bundle(entry: string, outfile: string, plugins: Plugin[]): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(__dirname, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // This package breaks in strict mode. Loaded from node_modules it works.
    external: ['tablestore'],
    logLevel: 'error',
    plugins,
  });
}

export interface SeedRange {
  readonly first: number;
  readonly seeds: number;
  readonly ticks: number;
  /** 1: every history is played; 2: every second one; and so on. */
  readonly step?: number;
}

/** Plays histories in a process of their own; `onLine` gets each line that it prints. */
export async function play(
  player: string,
  { first, seeds, ticks, step = 1 }: SeedRange,
  onLine: (line: Line) => void,
): Promise<void> {
  const numbers = Object.entries({ first, seeds, ticks, step }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  for await (const line of linesOf(player, numbers)) onLine(JSON.parse(line) as Line);
}

/** Plays many runs in a process of their own. */
export function playManyRunsApart(player: string, options: ManyRunsOptions): Promise<ManyRunsLine> {
  return resultOf(player, JSON.stringify(options));
}

/** Plays many scopes in a process of their own. */
export function playManyScopesApart(
  player: string,
  options: ManyScopesOptions,
): Promise<ManyScopesLine> {
  return resultOf(player, JSON.stringify(options));
}

/** Plays crashes of one kind of tick in a process of its own. */
export function playEveryCrashApart(player: string, crashes: Crashes): Promise<EveryCrash> {
  return resultOf(player, JSON.stringify(crashes));
}

/**
 * The one line that a player prints. Inside Jest's sandbox, each use of a global costs a search, and
 * what it plays would take at least twice as long.
 */
async function resultOf<Result>(player: string, argument: string): Promise<Result> {
  for await (const line of linesOf(player, [argument])) return JSON.parse(line) as Result;
  throw new Error(`${player} ended without a result`);
}

function linesOf(player: string, args: readonly string[]): AsyncIterable<string> {
  const child = spawn(process.execPath, [player, ...args], {
    env: { NODE_PATH: join(ROOT, 'node_modules') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return createInterface(child.stdout);
}

/** The result of many histories. */
export interface Played {
  readonly played: number;
  /** Counts of what happened in all of them: they prove that there was something to check. */
  readonly tally: ReadonlyMap<string, number>;
  readonly broken: number;
}

/** Plays histories in several processes at once. `onBroken` gets each one that broke a promise. */
export async function playAll(
  player: string,
  { first, seeds, ticks }: SeedRange,
  processes: number,
  onBroken: (seed: number, violations: readonly string[]) => void,
  onProgress: (soFar: number) => void = () => undefined,
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
        onBroken(line.seed, line.violations);
        return;
      }
      if ('more' in line) {
        soFar += line.more;
        onProgress(soFar);
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
