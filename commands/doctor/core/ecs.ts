import { CONSOLE } from './console.ts';
import { type Check, facts, findings, NOTHING, wrong } from './finding.ts';

/** Why ECS cannot be read for a scope, or an account not be entered (`ALIAS/*`). */
export interface EcsProblem {
  readonly scope: string;
  readonly problem: string;
  /** Absent: the account is not entered, so that no host was asked. */
  readonly host?: string;
  /** The scope is of an account that the watcher enters by a role. */
  readonly isOfMember?: boolean;
}

export function examineEcs(problems: readonly EcsProblem[], answers: number): Check {
  const found = problems.map(({ scope, problem, host, isOfMember = false }) => {
    const text = `ECS cannot be read for ${scope}: ${problem}`;
    return host === undefined
      ? wrong('account-role', text, ROLE, { variables: ['WATCH_CONFIG'], console: CONSOLE.member })
      : wrong(
          isRefusal(problem) ? 'ecs' : 'ecs-unreached',
          text,
          adviceFor(problem, isOfMember),
          placeFor(problem, host, isOfMember),
        );
  });
  const scopes = `${answers} ${answers === 1 ? 'scope' : 'scopes'}`;
  return { findings: found, facts: answers === 0 ? [] : [`ecs: answers for ${scopes}`] };
}

/** Codes of Node.js, and of requests without an answer. Source: shared/ecs/failure.ts */
const NO_ANSWER = /^(?:E[A-Z_]+|Timeout|NetworkError): /u;

/** A refusal begins with the code of the service, and a host that is not reached with its name. */
export function isRefusal(problem: string): boolean {
  return /^[A-Z]\w*(?:\.\w+)*: /u.test(problem) && !NO_ANSWER.test(problem);
}

const ROLE =
  'In that account, npm run setup -- --member makes the role, and prints the lines for WATCH_CONFIG.';
const ROLE_RIGHTS =
  'In that account, npm run setup -- --member gives the role the rights that it lacks.';

function adviceFor(problem: string, isOfMember: boolean): string {
  if (/^Forbidden/u.test(problem) && isOfMember) return ROLE_RIGHTS;
  if (/^Forbidden/u.test(problem))
    return 'npm run setup gives the rights; npm run setup -- --prove tries them.';
  if (/^Invalid(?:Region|Zone)Id/u.test(problem)) return 'Correct it with npm run configure.';
  if (/^(?:InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurityToken)/u.test(problem)) {
    return 'Copy the key again, both parts of it: npm run configure stores and tries it.';
  }
  return 'Check the address and the network; npm run watch -- --once tries it once more.';
}

function placeFor(problem: string, host: string, isOfMember: boolean) {
  if (/^Forbidden/u.test(problem))
    return { host, console: isOfMember ? CONSOLE.member : CONSOLE.rights };
  const variables = ['WATCH_REGIONS', 'ECS_ENDPOINT'];
  return { host, variables, console: CONSOLE.regions };
}

/** The regions that an account has, as far as they could be listed. */
export type RegionListing =
  | { readonly kind: 'listed'; readonly ids: readonly string[] }
  | { readonly kind: 'refused' | 'unanswered'; readonly words: string };

/** Region ids that ECS does not list for this account. */
export function examineRegions(
  watched: readonly string[],
  listing: RegionListing,
  meant: (id: string, listed: readonly string[]) => string,
): Check {
  if (listing.kind !== 'listed') {
    const reason =
      listing.kind === 'refused'
        ? 'this key may not list them (ecs:DescribeRegions)'
        : `they could not be listed: ${listing.words}`;
    return facts(`regions: the ids are not compared: ${reason}`);
  }
  const listed = listing.ids;
  const unknown = watched.filter((id) => !listed.includes(id));
  if (unknown.length === 0) return NOTHING;
  return findings(
    ...unknown.map((id) =>
      wrong(
        'region',
        `The region ${id} does not exist for this account${meant(id, listed)}`,
        `Correct WATCH_REGIONS, or regions in WATCH_CONFIG. There are ${listed.join(', ')}.`,
        { variables: ['WATCH_REGIONS'], console: CONSOLE.regions },
      ),
    ),
  );
}
