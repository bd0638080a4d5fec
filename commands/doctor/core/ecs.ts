import { CONSOLE } from './console.ts';
import { type Check, facts, findings, NOTHING, wrong } from './finding.ts';

/** Why ECS cannot be read for a scope, or an account not be entered (`ALIAS/*`). */
export interface EcsProblem {
  readonly scope: string;
  readonly problem: string;
  /** Absent: the account is not entered, so that no host was asked. */
  readonly host?: string;
}

export function examineEcs(problems: readonly EcsProblem[], answers: number): Check {
  const found = problems.map(({ scope, problem, host }) => {
    const text = `ECS cannot be read for ${scope}: ${problem}`;
    return host === undefined
      ? wrong('account-role', text, ROLE, { variables: ['WATCH_CONFIG'], console: CONSOLE.member })
      : wrong(kindOf(problem), text, adviceFor(problem), placeFor(problem, host));
  });
  const scopes = `${answers} ${answers === 1 ? 'scope' : 'scopes'}`;
  return { findings: found, facts: answers === 0 ? [] : [`ecs: answers for ${scopes}`] };
}

/** A refusal begins with the code of the service, and a host that is not reached with its name. */
function kindOf(problem: string): string {
  return /^[A-Z]\w*(?:\.\w+)*: /u.test(problem) ? 'ecs' : 'ecs-unreached';
}

const ROLE =
  'In that account, npm run setup -- --member makes the role, and prints the lines for WATCH_CONFIG.';

function adviceFor(problem: string): string {
  if (/^Forbidden/u.test(problem))
    return 'npm run setup gives the rights; npm run setup -- --prove tries them.';
  if (/^Invalid(?:Region|Zone)Id/u.test(problem)) return 'Correct it with npm run configure.';
  if (/^(?:InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurityToken)/u.test(problem)) {
    return 'Copy the key again, both parts of it: npm run configure stores and tries it.';
  }
  return 'Check the address and the network; npm run watch -- --once tries it once more.';
}

function placeFor(problem: string, host: string) {
  if (/^Forbidden/u.test(problem)) return { host, console: CONSOLE.rights };
  const variables = ['WATCH_REGIONS', 'ECS_ENDPOINT'];
  return { host, variables, console: CONSOLE.regions };
}

/** Region ids that ECS does not list for this account. */
export function examineRegions(
  watched: readonly string[],
  listed: readonly string[] | undefined,
  meant: (id: string) => string,
): Check {
  if (listed === undefined) {
    return facts(
      'regions: this key may not list them (ecs:DescribeRegions): the ids are not compared',
    );
  }
  const unknown = watched.filter((id) => !listed.includes(id));
  if (unknown.length === 0) return NOTHING;
  return findings(
    ...unknown.map((id) =>
      wrong(
        'region',
        `The region ${id} does not exist for this account${meant(id)}`,
        `Correct WATCH_REGIONS, or regions in WATCH_CONFIG. There are ${listed.join(', ')}.`,
        { variables: ['WATCH_REGIONS'], console: CONSOLE.regions },
      ),
    ),
  );
}
