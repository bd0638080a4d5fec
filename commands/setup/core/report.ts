import type { Proof } from './proof.ts';
import type { Step, StepState } from './step.ts';
import type { Removal } from './teardown-plan.ts';

/** What became of a step. */
interface Done {
  readonly result: 'kept' | 'done' | 'failed' | 'skipped';
  readonly words?: string;
}

const WIDTH = 50;

/** One line, and one for each thing to be said about it. `done`: nothing, in a dry run. */
export function stepLines(step: Step, done?: Done): readonly string[] {
  const { what, state, words } = step;
  const reasons = [...words, ...(done?.words === undefined ? [] : [done.words])];
  return lines(what, verdictOf(state, done), reasons);
}

const STATES: Readonly<Record<StepState, string>> = {
  exists: 'is there',
  missing: 'is missing',
  differs: 'differs',
  foreign: 'DIFFERS',
  wrong: 'WRONG',
  unread: 'CANNOT BE READ',
  hidden: 'is not visible yet',
};

function verdictOf(state: StepState, done: Done | undefined): string {
  const word = STATES[state];
  if (state !== 'missing' && state !== 'differs') return word;
  const verb = state === 'missing' ? 'created' : 'changed';
  switch (done?.result) {
    case undefined:
      return `${word}: would be ${verb}`;
    case 'done':
      return verb;
    case 'failed':
      return `FAILED, ${word}`;
    default:
      return `not ${verb}`;
  }
}

export function removalLines(removal: Removal, done?: Done): readonly string[] {
  const { what, state, words } = removal;
  const reasons = [...words, ...(done?.words === undefined ? [] : [done.words])];
  return lines(what, removalVerdict(state, done), reasons);
}

function removalVerdict(state: Removal['state'], done: Done | undefined): string {
  if (state === 'gone') return 'is not there';
  if (state === 'left') return 'is left';
  if (state === 'unread') return 'CANNOT BE READ';
  if (state === 'hidden') return 'is not visible';
  switch (done?.result) {
    case undefined:
      return 'would be deleted';
    case 'done':
      return 'deleted';
    case 'failed':
      return 'FAILED, is still there';
    default:
      return 'is left';
  }
}

const VERDICTS: Readonly<Record<Proof['result'], string>> = {
  proved: 'proved',
  refused: 'REFUSED',
  unclear: 'not proved',
  untried: 'not tried',
  open: 'STILL OPEN',
};

export function proofLines({ role, right, result, words }: Proof): readonly string[] {
  const what =
    result === 'open'
      ? `role ${role}`
      : right === ''
        ? `rights of ${role}`
        : `${role} may ${right}`;
  return lines(what, VERDICTS[result], words === '' ? [] : [words]);
}

function lines(what: string, verdict: string, reasons: readonly string[]): readonly string[] {
  return [`  ${what.padEnd(WIDTH)} ${verdict}`, ...reasons.map((reason) => `      ${reason}`)];
}
