import { isLoopback } from '../../core/loopback.ts';
import { type Check, type WorldFinding, wrong } from './finding.ts';

/** Kinds of findings that say that an address was not reached. */
const UNREACHED = ['unreachable', 'sts', 'tablestore-unreached', 'ecs-unreached', 'view'];
const NO_NETWORK = 'no-network';

/** Was some address not reached, to which a proxy may be the only way? */
export function isCutOff({ findings: found }: Check): boolean {
  return found.some(({ kind }) => [...UNREACHED, NO_NETWORK].includes(kind));
}

/**
 * Several addresses, and none of them reached: that is one problem of this machine, and not one of each.
 *
 * @param reached hosts that have answered, whatever they said
 */
export function onceForAll(check: Check, reached: readonly string[]): Check {
  const cut = check.findings.filter(
    ({ kind, host }) => UNREACHED.includes(kind) && host !== undefined,
  );
  const hosts = [...new Set(cut.flatMap(({ host }) => host ?? []))];
  // What is on this machine is reached without a network.
  const isOutside = hosts.some((host) => !isOnThisMachine(host));
  const others = isOutside ? reached.filter((host) => !isOnThisMachine(host)) : reached;
  if (hosts.length < 2 || others.length > 0) return check;
  return {
    findings: [noNetwork(cut, hosts), ...check.findings.filter((each) => !cut.includes(each))],
    facts: check.facts,
  };
}

function isOnThisMachine(host: string): boolean {
  return isLoopback(`http://${host}`);
}

function noNetwork(cut: readonly WorldFinding[], hosts: readonly string[]): WorldFinding {
  const [first] = cut;
  return wrong(
    NO_NETWORK,
    `None of the addresses was reached: ${hosts.join(', ')}. The first of them: ${first?.text ?? ''}`,
    'Check the network of this machine, its DNS and its firewall. What depends on an answer was not examined.',
    { variables: [...new Set(cut.flatMap(({ variables = [] }) => variables))] },
  );
}
