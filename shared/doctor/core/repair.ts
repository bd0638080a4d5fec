import { counted } from '../../core/text.ts';
import { isoTime } from '../../core/time.ts';
import { recoveryOf } from './cold-tick.ts';
import { clean } from './finding.ts';
import { removableParts } from './findings/checkpoint.ts';
import { isDamaged, type ScopeRecord } from './records.ts';

/** Something that was done, would be done, or was not. */
export type Repair = StoreCheckpoint | RemoveParts | Refused;

export interface StoreCheckpoint {
  readonly kind: 'store-checkpoint';
  readonly state: 'planned' | 'done' | 'overtaken';
  readonly scope: string;
  readonly seq: number;
  readonly instances: number | null;
}

interface RemoveParts {
  readonly kind: 'remove-parts';
  readonly state: 'planned' | 'done';
  readonly scope: string;
  readonly parts: readonly string[];
}

interface Refused {
  readonly kind: 'refused';
  readonly scope: string;
  readonly owner: string;
  readonly untilMs: number;
}

/** What a repair of this scope does. */
export function* planRepairs(
  record: ScopeRecord,
  nowMs: number,
): Generator<StoreCheckpoint | RemoveParts> {
  const { scope, checkpoint, extent } = record;
  const { lastSeq, endSeq: seq, instances } = extent;
  if (isDamaged(checkpoint) && recoveryOf(record) === 'rebuild' && lastSeq !== null) {
    yield { kind: 'store-checkpoint', state: 'planned', scope, seq, instances };
  }
  const parts = removableParts(record, nowMs);
  if (parts.length > 0) yield { kind: 'remove-parts', state: 'planned', scope, parts };
}

export function repairText(repair: Repair): string {
  return `${repair.scope}: ${actionText(repair)}`;
}

function actionText(repair: Repair): string {
  if (repair.kind === 'refused') {
    return `nothing was repaired, because a tick is at work there (${clean(repair.owner)}, until ${isoTime(repair.untilMs)} at the latest): try again when it is over`;
  }
  const isDone = repair.state === 'done';
  if (repair.kind === 'remove-parts') {
    return `${isDone ? 'removed' : 'remove'} ${counted(repair.parts.length, 'left-over part')}: ${repair.parts.map(clean).join(', ')}`;
  }
  if (repair.state === 'overtaken') {
    return 'a tick has stored a checkpoint meanwhile, and it was left as it is';
  }
  const { seq, instances } = repair;
  const size = instances === null ? '' : ` with ${counted(instances, 'instance')}`;
  return `${isDone ? 'stored' : 'store'} a fresh checkpoint at commit ${seq}${size}, rebuilt from the whole journal`;
}
