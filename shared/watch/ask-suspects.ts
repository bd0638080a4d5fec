import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { type AnswerByIds, askByIds } from './ask-by-id.ts';
import type { Fleet } from './fleet.ts';
import { unansweredRequests } from './gaps.ts';

/** What ECS says of the suspects when it is asked for them by id. */
export interface SuspectAnswers {
  /** The suspects that an answer can be believed about. */
  readonly answered: readonly string[];
  /** Instance id → status, of every instance that those answers show. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Why a suspect is not answered; null when every one is, or when the next tick can go on. */
  readonly failure: string | null;
  /** The tick had no time, or no calls, left to ask for all of them. */
  readonly isCut: boolean;
}

/** Instances that a request names besides the suspects: some may be released meanwhile. */
const MAX_WITNESSES = 3;

/**
 * Asks for suspects by id. Each request also names witnesses: instances that the scan has just
 * listed. An answer that shows no instance at all comes from an account without permission, and
 * proves nothing. If the scan has listed nothing, there are no witnesses: then empty answers are
 * believed only while no answer shows an instance.
 */
export async function askSuspects(
  fleet: Fleet,
  suspects: readonly string[],
  listed: ReadonlyMap<string, string>,
): Promise<SuspectAnswers> {
  const witnesses = spread(listed, MAX_WITNESSES);
  const answers: AnswerByIds[] = [];
  const unanswered = unansweredRequests();
  await allOf(
    chunks(suspects, Math.max(1, fleet.pageSize - witnesses.length)).map(async (chunk) => {
      try {
        await askByIds(fleet, chunk, witnesses, (answer) => answers.push(answer));
      } catch (error) {
        unanswered.add(error);
      }
    }),
  );
  let { failure } = unanswered;
  const hasInstances = listed.size > 0 || answers.some(({ statuses }) => statuses.size > 0);
  const believed = answers.filter(
    ({ statuses, isNotFound }) => isNotFound || !hasInstances || statuses.size > 0,
  );
  if (believed.length < answers.length) {
    failure ??= 'Blind: asked by id, ECS shows no instances, not even some that it has just listed';
  }
  if (answers.length === 0) failure ??= unanswered.refusal;
  return {
    isCut: unanswered.isCut,
    answered: believed.flatMap(({ asked }) => asked),
    statuses: new Map(believed.flatMap(({ statuses }) => [...statuses])),
    failure,
  };
}

/** At most `count` ids from all over the listing, so that they are not all released together. */
function spread(listed: ReadonlyMap<string, string>, count: number): readonly string[] {
  const step = Math.max(1, Math.floor(listed.size / count));
  const ids: string[] = [];
  let place = 0;
  for (const id of listed.keys()) {
    if (place % step === 0 && ids.length < count) ids.push(id);
    place += 1;
  }
  return ids;
}
