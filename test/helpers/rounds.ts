/**
 * How often a test repeats itself: `otherwise` in `npm test`, and what the environment says in
 * `npm run soak`, which has more time.
 */
export function roundsOf(
  variable:
    | 'KILL_ROUNDS'
    | 'FUZZ_ROUNDS'
    | 'SPOILED_ROUNDS'
    | 'WAY_BACK_ROUNDS'
    | 'HISTORIES'
    | 'MANY_RUNS'
    | 'MANY_RUNS_SEEDS',
  otherwise: number,
): number {
  return Number(process.env[variable] ?? otherwise);
}
