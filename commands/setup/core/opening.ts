import type { PolicyDocument, Statement } from './document.ts';

/** What --prove adds to a role's trust policy, so that its rights can be tried: another caller, for a while. */
interface Opening {
  /** As trust policies name it. */
  readonly principal: string;
  /** In the form of ISO 8601; after it, RAM refuses the caller whatever became of the command. */
  readonly until: string;
}

/** Source: RAM "Policy elements", Condition: the time at which RAM gets the request. */
const NOW = 'acs:CurrentTime';

/** The trust policy with one more caller in it, until a moment. */
export function opened(trust: PolicyDocument, principal: string, untilMs: number): PolicyDocument {
  const until = new Date(untilMs).toISOString().replace(/\.\d{3}Z$/u, 'Z');
  const statement: Statement = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { RAM: [principal] },
    Condition: { DateLessThan: { [NOW]: until } },
  };
  return { ...trust, Statement: [...trust.Statement, statement] };
}

/** A trust policy as it was before it was opened, and what --prove has added and not taken away. */
export function closed(trust: PolicyDocument): {
  readonly trust: PolicyDocument;
  readonly openings: readonly Opening[];
} {
  const statements = [trust.Statement ?? []].flat();
  const openings = statements.flatMap((statement) => openingIn(statement) ?? []);
  const others = statements.filter((statement) => openingIn(statement) === undefined);
  return { trust: { ...trust, Statement: others }, openings };
}

/** Known by the only condition of its kind: no other part of ecs-watch writes one, and it gives nothing for long. */
function openingIn({ Effect, Principal, Condition }: Statement): Opening | undefined {
  const principals = [Principal?.RAM ?? []].flat();
  const [[operator, keys] = [], ...others] = Object.entries(Object(Condition));
  const { [NOW]: time, ...more } = Object(keys) as Record<string, unknown>;
  const [until] = [time].flat();
  const isOurs =
    Effect === 'Allow' &&
    operator === 'DateLessThan' &&
    others.length === 0 &&
    Object.keys(more).length === 0;
  if (!isOurs || typeof until !== 'string' || principals.length === 0) return undefined;
  return { principal: principals.join(', '), until };
}

export function openingWords({ principal, until }: Opening): string {
  return `trust policy: lets in ${principal} until ${until}, for a --prove that has not ended`;
}
