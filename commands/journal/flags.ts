import { type CommandLine, readFlags, usageError } from '../command-line.ts';

export const LINE: CommandLine = {
  command: 'npm run journal',
  arguments: 'export FILE | import FILE | backup DIR | restore DIR [FLAG …]',
  does:
    'Moves a journal. export writes one file of JSON lines, with all commits, states and the cursors of\n' +
    'the channels; import stores it in an empty store, or in one that it continues. Both work on the\n' +
    'store that the environment points to, or with --data on that of a box. backup and restore copy the\n' +
    'data folder of a box that does not run. Exit code 1: it was refused, or failed; 2: the command line\n' +
    'or the configuration is wrong.',
  flags: [
    ['--data DIR', 'the data folder of a box; backup and restore: ~/.local/state/ecs-watch'],
    [
      '--outlived',
      'import: the exported store has gone on; what is sent next may be a repeat, and says so',
    ],
    ['--dry-run', 'import: only check the file'],
  ],
  example: 'npm run journal -- export journal.ndjson',
};

const ACTIONS = ['export', 'import', 'backup', 'restore'] as const;
export type Action = (typeof ACTIONS)[number];

export interface JournalFlags {
  readonly action: Action;
  readonly path: string;
  /** Undefined: the store that the environment points to, or the default folder. */
  readonly data: string | undefined;
  readonly isOutlived: boolean;
  readonly isDryRun: boolean;
}

const FLAG = { type: 'boolean' } as const;

/** @throws {UsageError} naming everything that is wrong with the command line */
export function parseJournalFlags(args: readonly string[]): JournalFlags | 'help' {
  if (args.includes('--help') || args.includes('-h')) return 'help';
  const [first = '', second = ''] = args;
  const action = ACTIONS.find((each) => each === first);
  const isPathGiven = second !== '' && !second.startsWith('-');
  if (action === undefined || !isPathGiven) {
    throw usageError(LINE, [
      ...(action === undefined ? [`the first word is not ${ACTIONS.join(', ')}`] : []),
      ...(isPathGiven ? [] : ['the second word is not the name of a file or folder']),
    ]);
  }
  const values = readFlags(LINE, args.slice(2), {
    data: { type: 'string' },
    outlived: FLAG,
    'dry-run': FLAG,
  });
  if (values === 'help') return values;
  const { data, outlived: isOutlived = false, 'dry-run': isDryRun = false } = values;
  const problems = [
    ...(data === '' ? ['--data is not a folder'] : []),
    ...(isOutlived && action !== 'import' ? ['--outlived is for import'] : []),
    ...(isDryRun && action !== 'import' ? ['--dry-run is for import'] : []),
  ];
  if (problems.length > 0) throw usageError(LINE, problems);
  return { action, path: second, data, isOutlived, isDryRun };
}
