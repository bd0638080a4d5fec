import { randomBytes } from 'node:crypto';
import { ConfigError } from '../shared/config/environment.ts';
import { counted } from '../shared/core/text.ts';
import { CredentialsError } from '../shared/fc/credentials.ts';
import { ExportError, exportJournal } from '../shared/journal/export-journal.ts';
import { importJournal } from '../shared/journal/import-journal.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { JournalError } from '../shared/ports/journal.ts';
import { reasonOf } from '../shared/ports/reason.ts';
import { defaultData } from './box/data-folder.ts';
import { helpOf, UsageError } from './command-line.ts';
import { explained } from './config-problems.ts';
import { backUp, restore } from './journal/backup.ts';
import { readExport, writeExport } from './journal/file.ts';
import { type JournalFlags, LINE, parseJournalFlags } from './journal/flags.ts';
import { openStore, openToRead, TIME_LIMIT_MS } from './journal/store.ts';
import { withProgress } from './progress.ts';

/** `npm run journal`: export and import, backup and restore. */
async function main(args: readonly string[]): Promise<void> {
  const flags = parseJournalFlags(args);
  if (flags === 'help') {
    console.log(helpOf(LINE));
    return;
  }
  console.log(await act(flags));
}

/** What was done, in a sentence. */
function act(flags: JournalFlags): Promise<string> {
  switch (flags.action) {
    case 'export':
      return exportTo(flags);
    case 'import':
      return importFrom(flags);
    case 'backup':
      return backUpTo(flags);
    case 'restore':
      return restoreFrom(flags);
  }
}

async function exportTo({ path, data }: JournalFlags): Promise<string> {
  const store = await openToRead(process.env, data, 'npm run journal -- export');
  try {
    let seen = 0;
    const { lines, commits } = await withProgress(
      () => `Exporting: ${counted(seen, 'commit')}`,
      () =>
        writeExport(path, exportJournal(store.journal, []), Date.now(), (count) => {
          seen = count;
        }),
    );
    return `${path}: ${counted(commits, 'commit')} in ${counted(lines, 'line')}; every journal holds together.`;
  } finally {
    await store.close();
  }
}

async function importFrom({ path, data, isOutlived, isDryRun }: JournalFlags): Promise<string> {
  const exported = await withProgress(
    () => `Checking ${path}`,
    () => readExport(path),
  );
  const { scopes, lines, commits } = exported;
  const what = `${counted(commits, 'commit')} of ${counted(scopes.size, 'journal')}`;
  if (isDryRun)
    return `${path} is whole: ${what}, in ${counted(lines, 'line')}. Nothing was written.`;
  const store = await openStore(process.env, data, 'npm run journal -- import');
  try {
    let stored = 0;
    const imported = await withProgress(
      () => `Importing: ${counted(stored, 'commit')} of ${commits}`,
      () =>
        importJournal(store.journal, exported, {
          importId: `import-${randomBytes(8).toString('hex')}`,
          isOutlived,
          runtime: SYSTEM_RUNTIME,
          deadlineMs: Date.now() + TIME_LIMIT_MS,
          onProgress(count) {
            stored = count;
          },
        }),
    );
    const kept = `${counted(imported.channels, 'channel')} with their cursors`;
    return `${path}: ${what}, ${imported.commits} of them new here, and ${kept}. The next tick goes on from there.`;
  } finally {
    await store.close();
  }
}

async function backUpTo({ path, data = defaultData(process.env) }: JournalFlags): Promise<string> {
  const entries = await withProgress(
    () => `Copying ${data}`,
    () => backUp(data, path, Date.now()),
  );
  return `${path}: a copy of the journal in ${data}, ${counted(entries, 'stored value')}.`;
}

async function restoreFrom({
  path,
  data = defaultData(process.env),
}: JournalFlags): Promise<string> {
  const run = { id: `restore-${randomBytes(8).toString('hex')}`, nowMs: Date.now() };
  const { entries, marked } = await withProgress(
    () => `Copying ${path}`,
    () => restore(path, data, run),
  );
  const next =
    marked === 0
      ? 'It had served no channel.'
      : `What changed since the backup is announced as a possible repeat, by ${counted(marked, 'channel')}.`;
  return `${data}: the journal of ${path}, ${counted(entries, 'stored value')}. ${next}`;
}

function codeAfter(error: unknown): number {
  if (error instanceof JournalError) {
    console.error(`The store failed: ${reasonOf(error)}. Run it again: nothing is stored twice.`);
    return 1;
  }
  if (error instanceof ExportError) {
    console.error(`Not exported: ${error.message}. npm run doctor says what to do.`);
    return 1;
  }
  if (!(error instanceof Error)) throw error;
  const isConfiguration = [UsageError, ConfigError, CredentialsError].some(
    (kind) => error instanceof kind,
  );
  console.error(explained(error));
  return isConfiguration ? 2 : 1;
}

// Sockets that are kept alive must not keep the command running.
void main(process.argv.slice(2))
  .then(() => 0, codeAfter)
  .then((code) => process.exit(code));
