import { join } from 'node:path';
import type { FuzzedApart } from './fuzz-process.ts';
import { runFile } from './processes.ts';

/** The memory of the functions as deployed. Source: `memorySize` in s.yaml. */
export const FUNCTION_BYTES = 512 * 1024 * 1024;
/** Of the 512 MB, so that the rest is left for what is not on the heap: buffers, and Node.js itself. */
const MAX_HEAP = '--max-old-space-size=256';

/** Runs rounds in a process with the memory of a function; the round is a name in the module. */
export async function fuzzApart(
  module: string,
  name: string,
  rounds: number,
): Promise<FuzzedApart> {
  const { finished } = runFile(
    join(__dirname, 'fuzz-process.ts'),
    [module, name, String(rounds)],
    [MAX_HEAP],
  );
  const { code, stdout, stderr } = await finished;
  if (code !== 0) throw new Error(`the fuzzer ended with ${code}: ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout) as FuzzedApart;
}
