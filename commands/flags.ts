import { parseArgs } from 'node:util';

/** The flags of `npm run local` and `npm start`. */
export interface Flags {
  readonly port: number;
  readonly data: string;
  readonly fleetSize: number;
  readonly seed: number;
  readonly churnPerMinute: number;
  /** The only server to start; absent: all of them. */
  readonly only?: 'tablestore';
}

/** The command line is not usable. The message says how it should look. */
export class UsageError extends Error {}

const MAX_PORT = 65_535;
const USAGE = `Flags:
  --port N        ECS listens on N, the other servers on the ports after it (0: any free ones)
  --data DIR      where Tablestore keeps its rows; "memory" keeps them until the command ends
  --fleet N       instances at the start
  --seed N        the seed of all randomness
  --churn N       changes per minute that the fleet makes by itself
  --only tablestore   Tablestore alone, on --port itself (npm run local)`;

/** @throws {UsageError} naming everything that is wrong with the command line */
export function parseFlags(args: readonly string[], defaults: Flags): Flags {
  const values = readValues(args);
  const problems: string[] = [];
  const whole = (name: 'port' | 'fleet' | 'seed', otherwise: number, max: number): number => {
    const value = values[name];
    if (value === undefined) return otherwise;
    if (/^\d+$/u.test(value) && Number(value) <= max) return Number(value);
    problems.push(`--${name} is not a whole number from 0 to ${max}`);
    return otherwise;
  };
  const churn = values.churn ?? String(defaults.churnPerMinute);
  if (!/^\d+(\.\d+)?$/u.test(churn)) problems.push('--churn is not a number from 0');
  const isOnlyTablestore = values.only === 'tablestore';
  if (values.only !== undefined && !isOnlyTablestore) problems.push('--only is not tablestore');
  const flags: Flags = {
    port: whole('port', defaults.port, MAX_PORT),
    data: values.data ?? defaults.data,
    fleetSize: whole('fleet', defaults.fleetSize, 1_000_000),
    seed: whole('seed', defaults.seed, 4_294_967_295),
    churnPerMinute: Number(churn),
    ...(isOnlyTablestore && { only: 'tablestore' }),
  };
  if (problems.length > 0) throw new UsageError([...problems, USAGE].join('\n'));
  return flags;
}

function readValues(args: readonly string[]): {
  readonly [name in 'port' | 'data' | 'fleet' | 'seed' | 'churn' | 'only']?: string | undefined;
} {
  try {
    const text = { type: 'string' } as const;
    const options = { port: text, data: text, fleet: text, seed: text, churn: text, only: text };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
