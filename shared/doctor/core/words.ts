import type { Inconsistency } from '../../core/chain.ts';
import { cleanText } from '../../core/text.ts';
import { isoTime } from '../../core/time.ts';
import type { ChannelFinding, Recovery, ScopeFinding } from './diagnosis.ts';

/** All that the doctor says, in one place. */

/** What was found, and what to do about it. */
export interface Words {
  readonly text: string;
  readonly advice: string;
}

const BY_ITSELF = 'Nothing to do.';
const NEVER_EDITED = 'The doctor never edits a commit';

export function scopeWords(ailment: ScopeFinding): Words {
  const [text, advice] = ofScope(ailment);
  return { text, advice };
}

export function channelWords(ailment: ChannelFinding): Words {
  const [text, advice] = ofChannel(ailment);
  return { text, advice };
}

type Pair = readonly [text: string, advice: string];

function ofScope(ailment: ScopeFinding): Pair {
  switch (ailment.kind) {
    case 'nothing-stored':
      return [
        'Nothing is stored for this scope: no tick has ever recorded anything here.',
        'If one should have, WATCH_REGIONS, WATCH_ZONE, WATCH_INSTANCE_IDS or one of the TABLESTORE_ variables differs from those of the watch function.',
      ];
    case 'flaw':
      return ofFlaw(ailment.flaw, ailment.stopsTicks);
    case 'commits-lost':
      return [
        `The journal ends at commit ${ailment.endSeq}, but a tick has recorded up to commit ${ailment.seq}: what came after is gone.`,
        'Find out who removed rows of the journal table. The next tick compares with what is left, and tells what differs as new.',
      ];
    case 'no-checkpoint':
      return [
        `The journal begins with commit ${ailment.firstSeq}, and there is no checkpoint of what was before: the snapshot cannot be known, and a cold tick cannot begin.`,
        'Restore the checkpoint or the first commits from a backup; else choose another TABLESTORE_TABLE_PREFIX, which begins with a new baseline.',
      ];
    case 'checkpoint-ahead':
      return [
        `The checkpoint stands at commit ${ailment.seq}, but the journal ends at commit ${ailment.lastSeq}: commits ${range(ailment.lastSeq + 1, ailment.seq)} are not there.`,
        'The snapshot is whole, and ticks go on behind the checkpoint; the history in between is lost. Find out who removed rows of the journal table.',
      ];
    case 'checkpoint-damaged': {
      const where = ailment.seq === null ? '' : ` at commit ${ailment.seq}`;
      return [
        `The checkpoint${where} cannot be read: ${ailment.damage.map(clean).join('; ')}.`,
        damageAdvice(ailment.recovery, ailment.seq === null),
      ];
    }
    case 'parts-left': {
      const { count, removable } = ailment;
      const young = count - removable;
      return [
        `${counted(count, 'part')} of other checkpoints ${isAre(count)} left over, from ticks that died while they stored one${young === 0 ? '' : `, or that are storing one now (${young} written within the last minutes)`}.`,
        'Harmless: the next checkpoint removes them, and --repair removes those that are old.',
      ];
    }
    case 'health-unreadable':
      return [
        'What the ticks remember of themselves (column health of the head row) cannot be read, so no cold tick can begin.',
        `Delete the column health of the row with item "head" in the state table: the next tick writes it anew. No change is lost.`,
      ];
    case 'starts-unreadable':
      return [
        'Where channels begin in this journal (column starts of the head row) cannot be read, so no cold tick can begin.',
        'Delete the column starts of the row with item "head" in the state table: a channel that has been sent nothing yet then begins at the end of the journal.',
      ];
    case 'never-good':
      return [
        'No scan of this scope has ever been complete, so it has no baseline yet.',
        'Look at the log of the watch function for what hinders it.',
      ];
    case 'stale':
      return [
        `The last good scan ended ${duration(ailment.ageMs)} ago (${isoTime(ailment.lastGoodAtMs)}): the watcher does not run, or cannot look.`,
        'See that the timer of the watch function fires, and look at its log.',
      ];
    case 'clock-ahead':
      return [
        `The last good scan is dated ${isoTime(ailment.lastGoodAtMs)}, which is still to come: the clock of the watcher or of this machine is wrong.`,
        'Set the clock. Until then nobody notices when the watcher stops.',
      ];
    case 'failing':
      return [
        `The last ${ailment.failures === 1 ? 'scan was' : `${ailment.failures} scans were`} not complete${ailment.sinceMs === null ? '' : `, since ${isoTime(ailment.sinceMs)}`}: ${ailment.reason === null ? 'nobody wrote down why' : clean(ailment.reason)}.`,
        'Meanwhile no release is told. Mend the cause; the next complete scan ends it.',
      ];
    case 'hold':
      return [
        `${counted(ailment.missing, 'instance')} vanished at once, and ${ailment.missing === 1 ? 'its release is' : 'their release is'} held since ${isoTime(ailment.sinceMs)} (${ailment.scans} scans agree).`,
        'If they were released, it will be told when enough scans and a second proof agree. If not, look at the permissions of the role of the watch function.',
      ];
    case 'lease-of-wrong-clock':
      return [
        `${clean(ailment.owner)} holds the lease until ${isoTime(ailment.untilMs)}, longer than any lease may be: its clock was wrong, or this one is.`,
        'It binds nobody, and the next tick replaces it. Check the clock of this machine.',
      ];
  }
}

function damageAdvice(recovery: Recovery, isReferenceLost: boolean): string {
  if (recovery === 'rebuild') {
    const who = isReferenceLost ? 'No tick can begin until then' : 'The next tick does the same';
    return `The journal goes back to its beginning and holds all that the checkpoint held: --repair stores a fresh one. ${who}.`;
  }
  if (recovery === 'none') {
    return 'The journal is flawed as well, so no fresh checkpoint can be made of it. Mend what is said of the journal first, then run the doctor again.';
  }
  if (isReferenceLost) {
    return 'The beginning of the journal has expired, so it does not hold what the checkpoint held, and no tick can begin. Restore the column checkpoint of the row with item "head" in the state table, or choose another TABLESTORE_TABLE_PREFIX, which begins with a new baseline.';
  }
  return 'The beginning of the journal has expired, so a checkpoint made of it would be incomplete, and none is stored. The next tick goes on with the instances that the journal still names, and takes a new baseline for what is not known; nothing is told as new or as released by that.';
}

function ofFlaw(flaw: Inconsistency, stopsTicks: boolean): Pair {
  const stop = stopsTicks ? ' No cold tick can begin until it is mended.' : '';
  switch (flaw.kind) {
    case 'missing-commits':
      return [
        `${flaw.seq === flaw.lastSeq ? `Commit ${flaw.seq} is` : `Commits ${range(flaw.seq, flaw.lastSeq)} are`} missing from the journal, though older ones or a checkpoint of older ones are kept.${stop}`,
        `Restore the rows from a backup, and find out who removed them.${stopsTicks ? ' Without a backup, choose another TABLESTORE_TABLE_PREFIX, which begins with a new baseline.' : ' Ticks go on; the history of that time is lost.'}`,
      ];
    case 'unreadable-commit':
      return [
        `Commit ${flaw.seq} cannot be read: ${clean(flaw.reason)}.${stop}`,
        `${NEVER_EDITED}: restore the row from a backup, or mend its columns in the Tablestore console.${stopsTicks ? '' : ' Ticks go on; history cannot be read past it.'}`,
      ];
    case 'wrong-from':
      return [
        `Commit ${flaw.seq} (${whose(flaw)}) moves ${id(flaw)} from ${status(flaw.found)}, but ${left(flaw)}.${stop}`,
        `One of the two is wrong. ${NEVER_EDITED}: once it is known which, correct that row in the Tablestore console.${stopsTicks ? '' : ' Ticks go on; the history of this instance is not to be trusted before that commit.'}`,
      ];
    case 'no-move':
      return [
        `Commit ${flaw.seq} (${whose(flaw)}) says that ${id(flaw)} moved from ${status(flaw.status)} to ${status(flaw.status)}, which is no change.`,
        'No tick writes that: find out who else writes to the journal table.',
      ];
    case 'checkpoint-differs':
      return [
        `The checkpoint at commit ${flaw.seq} shows ${id(flaw)} as ${status(flaw.found)}, but ${left(flaw)}.`,
        'One of the two is wrong. Ticks go on from the checkpoint, and the next scan tells what differs from it; the history of this instance is not to be trusted.',
      ];
    case 'time-back':
      return [
        `Commit ${flaw.seq} (${whose(flaw)}) is dated before the commit that it follows (${isoTime(flaw.beforeAtMs)}): a clock was wrong then, or the rows were exchanged.`,
        `${BY_ITSELF} The order of the journal is that of its numbers.`,
      ];
  }
}

function whose({ where }: Extract<Inconsistency, { where: unknown }>): string {
  return `${isoTime(where.atMs)}, tick ${clean(where.tickId)}`;
}

function id({ instanceId }: { readonly instanceId: string }): string {
  return clean(instanceId);
}

function left({
  expected,
  since,
}: {
  readonly expected: string | null;
  readonly since: number | null;
}): string {
  if (since !== null) return `commit ${since} left it as ${status(expected)}`;
  return expected === null
    ? 'nothing before had shown it'
    : `the checkpoint before has it as ${status(expected)}`;
}

function status(value: string | null): string {
  return value === null ? 'not there' : clean(value);
}

function ofChannel(ailment: ChannelFinding): Pair {
  switch (ailment.kind) {
    case 'channel-unreadable':
      return [
        'Its row cannot be read, so it is told nothing.',
        'Restore the row from a backup. If there is none, delete it: the channel then joins anew and is told what is recorded from then on.',
      ];
    case 'not-joined':
      return [
        'It is configured, and has not joined yet.',
        'The next tick registers it; it is told what is recorded from then on.',
      ];
    case 'not-configured':
      return [
        'It has a row, but is not among the channels configured here, and was not examined.',
        BY_ITSELF,
      ];
    case 'no-place':
      return [
        `It has no place in the journal of ${ailment.scope} yet.`,
        'The next tick gives it one; it is told what is recorded from then on.',
      ];
    case 'cursor-past-end':
      return [
        `It has been told commit ${ailment.seq} of ${ailment.scope}, but that journal ends at commit ${ailment.endSeq}.`,
        'Nothing to do for the channel: the next instance of the function that starts sets it back to that end. Find out who removed rows of the journal table.',
      ];
    case 'never-told':
      return [
        `${counted(ailment.commits, 'commit')} of ${ailment.scope} past its cursor ${isAre(ailment.commits)} no longer kept: ${ailment.commits === 1 ? 'it' : 'they'} can never be told.`,
        'The channel goes on with what is left. If it was down for longer than the journal is kept, compare the page with what the team knows.',
      ];
    case 'blocked':
      return [
        `Commit ${ailment.seq} of ${ailment.scope} is past its cursor and cannot be read: nothing can be told until it can.`,
        'Mend that commit, as is said above.',
      ];
    case 'backlog':
      return [
        `${counted(ailment.commits, 'commit')} ${isAre(ailment.commits)} still to be told.`,
        'The next ticks tell them, in order.',
      ];
    case 'sending':
      return [
        `Tick ${clean(ailment.tickId)} is sending a message right now, or died while it was (until ${isoTime(ailment.untilMs)}).`,
        BY_ITSELF,
      ];
    case 'claim-left':
      return [
        `The answer to the message of tick ${clean(ailment.tickId)} was lost, or the tick died: it may have arrived.`,
        'The next tick sends it again, labelled as a possible repeat.',
      ];
    case 'in-doubt':
      return [
        `What was recorded in ${ailment.scope} up to commit ${ailment.seq} may have arrived without anybody knowing.`,
        'It is sent again, labelled as a possible repeat.',
      ];
    case 'not-delivered':
      return [
        `The last ${ailment.failures === 1 ? 'attempt was' : `${ailment.failures} attempts were`} not delivered: ${ailment.problem === null ? 'nobody wrote down why' : clean(ailment.problem)}.`,
        `Mend the cause. The next attempt is made ${ailment.notBeforeMs === 0 ? 'with the next tick' : `after ${isoTime(ailment.notBeforeMs)}`}.`,
      ];
    case 'attempt-ahead':
      return [
        `Its last attempt is dated ${isoTime(ailment.attemptedAtMs)}, which is still to come: the clock of the watcher or of this machine is wrong.`,
        'Set the clock. The next tick waits for none of these times.',
      ];
  }
}

function range(seq: number, lastSeq: number): string {
  return seq === lastSeq ? String(seq) : `${seq}–${lastSeq}`;
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** `1 commit`, `2 commits` */
export function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

const UNITS = [
  ['day', 24 * 60 * 60 * 1000],
  ['hour', 60 * 60 * 1000],
  ['minute', 60 * 1000],
] as const;

/** A time span in its largest unit, as people say it. */
export function duration(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, size]) => ms >= 2 * size) ?? ['second', 1000];
  const count = Math.floor(Math.max(0, ms) / unitMs);
  return counted(count, unit);
}

/** Reasons come from other services, and may be long. */
const MAX_REASON_LENGTH = 300;

/** What is stored may be anything, and must not act on the terminal. */
export function clean(text: string): string {
  return cleanText(text, MAX_REASON_LENGTH);
}
