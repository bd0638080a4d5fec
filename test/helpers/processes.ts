import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
/** The options with which Node.js runs TypeScript, in half the time that commands/load-typescript.mjs takes. */
export const TYPESCRIPT = ['--require', require.resolve('./run-typescript.cjs')] as const;

/** This checkout may have a `.env`, which must change no result of a test. */
const NO_DOT_ENV = { ECS_WATCH_ENV_FILE: devNull } as const;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child process whose output is collected; `finished` resolves when it has ended. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Runs a TypeScript command of the project, with this environment and nothing inherited. */
export function runCommand(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Running {
  return run([...TYPESCRIPT, join('commands', `${command}.ts`), ...args], environment);
}

/** The same for a command that lives elsewhere, by default with an empty environment. */
export function runFile(
  file: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Running {
  return run([...nodeOptions, ...TYPESCRIPT, file, ...args], environment);
}

/** A command as package.json starts it. */
export function runScript(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Running {
  return run([join('commands', 'run.mjs'), name, ...args], environment);
}

/**
 * A command as a user starts it: through npm, which runs it in a shell. The three are a process group
 * of their own.
 */
export function runNpm(args: readonly string[]): Running {
  return runInGroup('npm', args);
}

/** The same for a line of a shell. */
export function runShell(line: string): Running {
  return runInGroup('sh', ['-c', line]);
}

function runInGroup(program: string, args: readonly string[]): Running {
  const child = spawn(program, [...args], {
    cwd: ROOT,
    detached: true,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...NO_DOT_ENV },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, finished: collect(child) };
}

/** A program as a reader of the documents would write it, with the packages of this repository. */
export function runProgram(script: string, environment: Readonly<Record<string, string>>): Running {
  return run(['-e', script], environment);
}

/** One tick of the built watch function, which prints its report. */
export function runBundle(codeDir: string, environment: Readonly<Record<string, string>>): Running {
  const script = `require(${JSON.stringify(join(codeDir, 'index.js'))})
    .handler(Buffer.from('{}'), {}).then((report) => {
      process.stdout.write(JSON.stringify(report) + '\\n', () => process.exit(report.ok ? 0 : 1));
    });`;
  return run(['-e', script], environment);
}

/** A program of another language, as the documents show it. */
export function runWith(
  interpreter: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Running {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment };
  const child = spawn(interpreter, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, finished: collect(child) };
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...NO_DOT_ENV, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, finished: collect(child) };
}

async function collect(child: ChildProcess): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}
