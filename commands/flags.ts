import { type CommandLine, readFlags, usageError } from './command-line.ts';
import { makeWritable } from './writable.ts';

/** The flags of `npm run local` and `npm start`. */
export interface Flags {
  /** Absent: the documented ports, or the next free ones. 0: any free ones. */
  readonly port?: number;
  readonly data: string;
  readonly fleetSize: number;
  readonly seed: number;
  readonly churnPerMinute: number;
  /** The only server to start; absent: all of them. */
  readonly only?: 'tablestore';
}

export type Defaults = Omit<Flags, 'port' | 'only'>;

const MAX_PORT = 65_535;
const MAX_FLEET_SIZE = 1_000_000;
const MAX_SEED = 4_294_967_295;

const TEXT = { type: 'string' } as const;
const OPTIONS = { port: TEXT, data: TEXT, fleet: TEXT, seed: TEXT, churn: TEXT, only: TEXT };

export function flagHelp(defaults: Defaults, portMeaning: string): CommandLine['flags'] {
  const { data, fleetSize, seed, churnPerMinute } = defaults;
  return [
    ['--port N', portMeaning],
    ['--data DIR', `where Tablestore keeps its rows; "memory": until the command ends (${data})`],
    ['--fleet N', `instances at the start (${fleetSize})`],
    ['--seed N', `the seed of all randomness (${seed})`],
    ['--churn N', `changes per minute that the fleet makes by itself (${churnPerMinute})`],
  ];
}

/**
 * @param servers consecutive ports that the command needs
 * @throws {UsageError} naming everything that is wrong with the command line
 */
export function parseFlags(
  line: CommandLine,
  args: readonly string[],
  defaults: Defaults,
  servers: number,
): Flags | 'help' {
  const values = readFlags(line, args, OPTIONS);
  if (values === 'help') return values;
  const problems: string[] = [];
  const whole = (name: 'port' | 'fleet' | 'seed', max: number): number | undefined => {
    const value = values[name];
    if (value === undefined) return undefined;
    if (/^\d+$/u.test(value) && Number(value) <= max) return Number(value);
    problems.push(`--${name} is not a whole number from 0 to ${max}: ${value}`);
    return undefined;
  };
  const churn = values.churn ?? String(defaults.churnPerMinute);
  if (!/^\d+(\.\d+)?$/u.test(churn)) problems.push(`--churn is not a number from 0: ${churn}`);
  const isOnlyTablestore = values.only === 'tablestore';
  if (values.only !== undefined && !isOnlyTablestore) {
    problems.push(`--only is not tablestore: ${values.only}`);
  }
  const port = whole('port', MAX_PORT - servers + 1);
  const flags: Flags = {
    ...(port !== undefined && { port }),
    data: values.data ?? defaults.data,
    fleetSize: whole('fleet', MAX_FLEET_SIZE) ?? defaults.fleetSize,
    seed: whole('seed', MAX_SEED) ?? defaults.seed,
    churnPerMinute: Number(churn),
    ...(isOnlyTablestore && { only: 'tablestore' }),
  };
  if (problems.length > 0) throw usageError(line, problems);
  return flags;
}

/** @throws {Error} in one sentence, when Tablestore could not keep its rows in `--data` */
export async function checkData({ data }: Pick<Flags, 'data'>): Promise<void> {
  if (data !== 'memory') await makeWritable(data, 'Choose another folder with --data.');
}
