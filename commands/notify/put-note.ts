import { randomBytes } from 'node:crypto';
import { clockIn } from '../../shared/core/clock.ts';
import { listedScopes } from '../../shared/core/target.ts';
import { cleanText } from '../../shared/core/text.ts';
import { watchedScopes } from '../../shared/view/watched-scopes.ts';
import { absenceOf, type WrittenNote, writeNote } from '../../shared/view/write-note.ts';
import type { Trial } from './trial.ts';

/** The name of this command, as the writer of a note. */
const AUTHOR = 'notify';

/** Writes a note, or removes it (an empty text), and says so. Returns the exit code. */
export async function putNote(
  { config, ports, reader, deadlineMs }: Trial,
  {
    instanceId,
    text,
    untilMs,
  }: { readonly instanceId: string; readonly text: string; readonly untilMs: number },
): Promise<number> {
  const { runtime, journal } = ports;
  const { timeZone } = config.wording;
  const { scopes } = await watchedScopes(reader, listedScopes(config.targets), runtime.now(), {});
  const given = text === '' ? undefined : { text, by: AUTHOR, untilMs };
  const written = await writeNote(
    { journal: reader, scopes, readings: new Map(), now: runtime.now },
    { journal, limits: { runtime, deadlineMs } },
    { id: `note-${randomBytes(8).toString('hex')}`, instanceId, given },
  );
  if (written.kind !== 'written') {
    console.error(`No note was written: ${whyNot(instanceId, written)}.`);
    return 1;
  }
  const { name = '', note } = written.row.instance;
  const instance = [cleanText(name), instanceId].filter(Boolean).join(' · ');
  const clock = clockIn(timeZone, runtime.now());
  console.log(
    note === undefined
      ? `${instance} has no note.`
      : `${instance}: “${note.text}”, until ${clock.time(note.untilMs)}. The page shows it, and so does ` +
          'the next message about the instance.',
  );
  return 0;
}

function whyNot(id: string, written: Exclude<WrittenNote, { kind: 'written' }>): string {
  switch (written.kind) {
    case 'refused':
      return written.problems.join('; ');
    case 'absent':
      return absenceOf(cleanText(id), written);
    case 'overtaken':
      return 'others have written at the same time: try again';
  }
}
