import { counted } from '../../../core/text.ts';
import { clean, type Finding, NOTHING_TO_DO, note, problem } from '../finding.ts';
import type { ScopeRecord } from '../records.ts';

/** Only moments of the past are read from kept checkpoints, so no tick is ever stopped by one. */
export function* examineKept({ scope, wrongKept }: ScopeRecord): Generator<Finding> {
  for (const { seq, wrong } of wrongKept) {
    if (typeof wrong === 'string') {
      yield note(
        'kept-checkpoint-damaged',
        `The checkpoint that was kept at commit ${seq} cannot be read: ${clean(wrong)}.`,
        `${NOTHING_TO_DO} The view reads moments of that time from another one, or from the commits.`,
        { seq, damage: wrong },
      );
      continue;
    }
    const [first] = wrong;
    if (first === undefined) continue;
    const { instanceId, expected, found } = first;
    const example = `it has ${clean(instanceId)} as ${shown(found)}, and the commits as ${shown(expected)}`;
    yield problem(
      'kept-checkpoint-differs',
      `The checkpoint that was kept at commit ${seq} is not what the commits up to it say of ${counted(wrong.length, 'instance')}: ${example}.`,
      `The view may show moments of that time from it. Remove the row with scope "kept:${clean(scope)}" and seq ${seq} from the journal table: they are then read from the commits.`,
      { seq, instances: wrong.length, instanceId, expected, found },
    );
  }
}

function shown(status: string | null): string {
  return status === null ? 'not there' : clean(status);
}
