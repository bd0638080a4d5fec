import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFunctions } from '../commands/bundle.ts';
import { ROOT } from './local-cloud.ts';
import { type Section, table } from './section.ts';
import { median, ratio, repeat, spread, timed } from './statistics.ts';

/** The packages that a watcher without a bundle would import at its start. */
const PACKAGES: readonly string[] = [
  '@alicloud/ecs20140526',
  '@alicloud/openapi-client',
  '@alicloud/tea-util',
  '@alicloud/credentials',
  'tablestore',
];
/** The same without the client that the functions do not use: the gain of bundling alone. */
const PACKAGES_IN_USE = PACKAGES.filter((name) => name !== '@alicloud/ecs20140526');
const ROUNDS = 11;
/** The promise for the watch bundle. That of the view is measured with the view. */
const MAX_WATCH_RATIO = 0.35;

/** How long a fresh process takes to load each bundle, against a plain import of the packages. */
export async function coldStart(): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'ecs-watch-bench-'));
  try {
    const files = await bundleFunctions(dir);
    const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
    const loads = {
      watch: [join(dir, 'watch', 'index.js')],
      view: [join(dir, 'view', 'index.js')],
      inUse: PACKAGES_IN_USE,
      plain: PACKAGES,
    };
    // In turns, so that other work of the machine slows all of them alike.
    const rounds = await repeat(ROUNDS, async () => ({
      watch: await load(loads.watch),
      view: await load(loads.view),
      inUse: await load(loads.inUse),
      plain: await load(loads.plain),
    }));
    const requires = (name: keyof typeof loads) => rounds.map((round) => round[name].requireMs);
    const wholes = (name: keyof typeof loads) => rounds.map((round) => round[name].processMs);
    const plainMs = median(requires('plain'));
    const row = (what: string, name: keyof typeof loads) => [
      what,
      spread(requires(name), 0),
      `${ratio(median(requires(name)) / plainMs)} ×`,
      spread(wholes(name), 0),
    ];
    const kilobytes = (name: string) =>
      `${Math.round((sizes.get(`${name}/index.js`) ?? 0) / 1024)} KB`;
    return {
      title: 'Cold start',
      text: [
        `Fresh processes of Node.js in turns, ${ROUNDS} of each, medians with the least and the ` +
          'most. The time around `require` is measured inside the process.',
        '',
        table(
          ['what is loaded', 'require, ms', '÷ plain', 'whole process, ms'],
          [
            row(`the watch bundle, ${kilobytes('watch')}`, 'watch'),
            row(`the view bundle, ${kilobytes('view')}`, 'view'),
            row(`plain import of ${PACKAGES.map((name) => `\`${name}\``).join(', ')}`, 'plain'),
            row('the same without `@alicloud/ecs20140526`', 'inUse'),
          ],
        ),
      ].join('\n'),
      targets: [
        {
          what: 'loading the watch bundle',
          figure: median(requires('watch')) / plainMs,
          is: 'at most',
          limit: MAX_WATCH_RATIO,
          unit: '× plain import',
        },
      ],
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The time that loading a bundle takes beside a plain import, in turns. */
export async function loadRatio(bundle: string): Promise<number> {
  const rounds = await repeat(ROUNDS, async () => ({
    bundle: await load([bundle]),
    plain: await load(PACKAGES),
  }));
  const requireMs = (name: 'bundle' | 'plain') =>
    median(rounds.map((round) => round[name].requireMs));
  return requireMs('bundle') / requireMs('plain');
}

/** Loads modules in a fresh process that does nothing else. */
async function load(
  modules: readonly string[],
): Promise<{ readonly requireMs: number; readonly processMs: number }> {
  const script = `
    const startNs = process.hrtime.bigint();
    for (const name of ${JSON.stringify(modules)}) require(name);
    console.log(Number(process.hrtime.bigint() - startNs) / 1e6);`;
  const args = ['--no-deprecation', '-e', script];
  const { ms, result } = await timed(() =>
    promisify(execFile)(process.execPath, args, { cwd: ROOT, env: {} }),
  );
  return { requireMs: Number(result.stdout), processMs: ms };
}
