import type { Caller } from './caller.ts';
import type { PolicyDocument, Statement } from './policy.ts';

/** Whether a role lets this caller in. Source: RAM "Edit the trust policy of a RAM role". */
export function trusts(
  { Statement }: PolicyDocument,
  caller: Caller,
  externalId: string | undefined,
  nowMs: number,
): boolean {
  const fitting = Statement.filter(
    (statement) =>
      isAssumeRole(statement) && names(statement, caller) && isMet(statement, externalId, nowMs),
  );
  return (
    fitting.some(({ Effect }) => Effect === 'Allow') &&
    !fitting.some(({ Effect }) => Effect === 'Deny')
  );
}

function isAssumeRole({ Action }: Statement): boolean {
  return [Action].flat().some((action) => action.toLowerCase() === 'sts:assumerole');
}

/** `root` stands for every identity of its account. */
function names({ Principal }: Statement, { principal, accountId }: Caller): boolean {
  const named = [Principal?.RAM ?? []].flat();
  return named.includes(principal) || named.includes(`acs:ram::${accountId}:root`);
}

function isMet({ Condition }: Statement, externalId: string | undefined, nowMs: number): boolean {
  const asked = Condition?.StringEquals?.['sts:ExternalId'];
  const until = Condition?.DateLessThan?.['acs:CurrentTime'];
  return (
    (asked === undefined || asked === externalId) &&
    (until === undefined || nowMs < Date.parse(until))
  );
}
