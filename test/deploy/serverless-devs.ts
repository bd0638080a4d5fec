import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

export const ROOT = join(__dirname, '..', '..');
export const S_YAML = join(ROOT, 's.yaml');

/** The real CLI, `s`, in a place where it needs neither the network nor an account. */
export interface ServerlessDevs {
  /** Where `s` runs: a copy of the project, whose `dist` is its own. */
  readonly project: string;
  /** What `s` needs to run at all, for those who run it by a command of the project. */
  readonly environment: Readonly<Record<string, string>>;
  /** `variables` are what the shell has set, in addition to what `s` needs to run at all. */
  run(args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Run>;
  /** What the component had to deploy since the last call, in that order. */
  takeDeployed(): Promise<readonly Deployed[]>;
  close(): Promise<void>;
}

export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A resource of s.yaml as the component gets it: variables, environment and `extend` resolved. */
interface Deployed {
  readonly resource: string;
  readonly props: FunctionProps;
}

/** Of the properties that component/schema.js allows, those that the tests read. */
export interface FunctionProps {
  readonly region: string;
  readonly functionName: string;
  readonly handler: string;
  readonly code: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly role: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly concurrencyConfig?: { readonly reservedConcurrency: number };
  readonly asyncInvokeConfig?: {
    readonly maxAsyncRetryAttempts: number;
    readonly maxAsyncEventAgeInSeconds: number;
  };
  readonly logConfig?: Readonly<Record<string, unknown>>;
  readonly triggers: readonly {
    readonly triggerType: string;
    readonly triggerConfig: {
      readonly cronExpression?: string;
      readonly methods?: readonly string[];
    };
  }[];
}

const CLI = join(ROOT, 'node_modules', '.bin', 's');
/** Many times what the slowest command takes. */
const COMMAND_TIMEOUT_MS = 60_000;

export async function openServerlessDevs(): Promise<ServerlessDevs> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-deploy-'));
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  await copyProject(project);
  // The CLI looks for a component first as a path in the working directory, under its whole name.
  await cp(dirname(require.resolve('./component/index.js')), join(project, await componentName()), {
    recursive: true,
  });

  const environment = {
    // biome-ignore lint/style/noProcessEnv: the build finds node and npm where this machine does.
    PATH: process.env.PATH ?? '',
    HOME: home,
    serverless_devs_config_home: home,
    CI: 'true',
    // Otherwise `s` leaves processes behind that report its use and look for newer versions.
    NODE_ENV: 'test',
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  const run: ServerlessDevs['run'] = (args, variables = {}) =>
    new Promise((resolve) => {
      const env = { ...environment, ...variables };
      const options = { cwd: project, env, timeout: COMMAND_TIMEOUT_MS };
      const child = execFile(CLI, [...args], options, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });

  return {
    project,
    environment,
    run,
    async takeDeployed() {
      const record = join(project, 'deployed.jsonl');
      const lines = await readFile(record, 'utf8').catch(() => '');
      await rm(record, { force: true });
      const resources = lines.split('\n').filter((line) => line !== '');
      return resources.map((line) => JSON.parse(line) as Deployed);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `fc3@0.1.22`: one version of one component, since the test's component imitates no other. */
async function componentName(): Promise<string> {
  const names = (await readFile(S_YAML, 'utf8')).matchAll(/^ *component: (\S+)/gmu);
  const [name = '', ...others] = new Set([...names].map(([, found]) => found));
  if (!/^fc3@\d+\.\d+\.\d+$/u.test(name) || others.length > 0) {
    throw new Error('s.yaml does not pin one version of fc3');
  }
  return name;
}

/** What no build needs; and `.env`, because the CLI would read it. */
const NOT_COPIED = ['.env', '.git', '.local-cloud', 'coverage', 'dist', 'node_modules', 'test'];

/**
 * A build begins by emptying `dist`, so it must not be the `dist` that others may be running from.
 * The copy has a `node_modules` of links, npm's list of what is there among them, so that nothing is
 * installed into it.
 */
async function copyProject(project: string): Promise<void> {
  await cp(ROOT, project, {
    recursive: true,
    filter: (source) => !NOT_COPIED.includes(relative(ROOT, source)),
  });
  const installed = join(ROOT, 'node_modules');
  const linked = join(project, 'node_modules');
  await linkAll(installed, linked);
}

/** Through a link to the folder of a scope, an npm that runs in the copy would change the packages in it. */
async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    if (name.startsWith('@')) await linkAll(join(from, name), join(to, name));
    else await symlink(join(from, name), join(to, name));
  }
}
