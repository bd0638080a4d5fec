import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { type CommandLine, helpOf } from '../commands/command-line.ts';
import { isMet, type Section, type Target, table } from './section.ts';

/**
 * The parts of the benchmark, by the name that `npm run bench -- NAME` takes. Each is loaded when it
 * is measured, so that the help needs no development package.
 */
const SECTIONS: Readonly<Record<string, () => Promise<Section>>> = {
  scan: async () => (await import('./scan.ts')).scan(),
  releases: async () => (await import('./releases.ts')).releases(),
  steady: async () => (await import('./steady.ts')).steady(),
  cost: async () => (await import('./cost.ts')).cost(),
  planner: async () => (await import('./planner.ts')).planner(),
  memory: async () => (await import('./memory.ts')).memory(),
  shards: async () => (await import('./shards/index.ts')).shards(),
  rounds: async () => (await import('./rounds.ts')).rounds(),
  'cold-start': async () => (await import('./cold-start.ts')).coldStart(),
  view: async () => (await import('./view/index.ts')).view(),
  page: async () => (await import('./page/index.ts')).page(),
  doctor: async () => (await import('./doctor/index.ts')).doctor(),
  tablestore: async () => (await import('./tablestore/index.ts')).tablestore(),
};

const LINE: CommandLine = {
  command: 'npm run bench',
  does:
    'Measures every figure of bench/RESULTS.md and writes that file, in about a quarter of an hour. With names\n' +
    'of sections, it measures only these, prints them and writes nothing. Exit code 0: every target\n' +
    'was met; 1: one was not; 2: the command line is wrong.',
  arguments: '[SECTION …]',
  flags: [['SECTION', Object.keys(SECTIONS).join(', ')]],
  example: 'npm run bench -- scan memory',
};

const RESULTS = join(__dirname, 'RESULTS.md');

/**
 * `npm run bench`: every section, written to bench/RESULTS.md. With names of sections: only these,
 * printed and not written. Exit 0: every target was met; 1: one was not; 2: no such section.
 */
async function main(names: readonly string[]): Promise<number> {
  if (names.includes('--help') || names.includes('-h')) {
    console.log(helpOf(LINE));
    return 0;
  }
  const unknown = names.filter((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown.length > 0) {
    console.error(`There is no section ${unknown.join(', ')}.\n\n${helpOf(LINE)}`);
    return 2;
  }
  const loadBefore = loadavg()[0] ?? 0;
  const sections: Section[] = [];
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.error(`measuring ${name} …`);
    sections.push(await measure());
  }
  const report = reportOf(sections, loadBefore);
  console.log(report);
  if (names.length === 0) await writeFile(RESULTS, report);
  return sections.flatMap(({ targets }) => targets).every(isMet) ? 0 : 1;
}

function reportOf(sections: readonly Section[], loadBefore: number): string {
  const targets = sections.flatMap((section) => section.targets);
  return [
    '# What was measured',
    '',
    `Node.js ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores ` +
      `(${cpus()[0]?.model.trim() ?? 'unknown'}), ${new Date().toISOString().slice(0, 10)}, ` +
      'everything on the loopback address of one machine, whose load average was ' +
      `${loadBefore.toFixed(1)} before the run. Absolute times differ from machine to machine; the ` +
      'ratios were measured side by side in one run. `npm run bench` writes this file.',
    '',
    table(['what', 'figure', 'limit', ''], targets.map(targetRow)),
    '',
    ...sections.flatMap(({ title, text }) => [`## ${title}`, '', text, '']),
  ].join('\n');
}

function targetRow(target: Target): readonly string[] {
  const { what, figure, is, limit, unit } = target;
  return [
    what,
    `${rounded(figure)} ${unit}`,
    `${is} ${limit} ${unit}`,
    isMet(target) ? 'met' : '**missed**',
  ];
}

function rounded(figure: number): string {
  return figure >= 100 ? String(Math.round(figure)) : String(Number(figure.toFixed(2)));
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
