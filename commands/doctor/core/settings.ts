import type { Environment } from '../../../shared/config/environment.ts';
import { instanceAt } from '../../core/instance-address.ts';
import { functionsRegionIn } from '../../core/region.ts';
import { CONSOLE } from './console.ts';
import { type Check, findings, NOTHING, remark, wrong } from './finding.ts';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

/** Variables by which other programs find a proxy. */
export function proxyVariablesIn(environment: Environment): readonly string[] {
  const names = [...PROXIES, ...PROXIES.map((name) => name.toLowerCase())];
  return names.filter((name) => environment[name]);
}

/** `isCutOff`: some address was not reached, and the proxy may be the only way out. */
export function examineProxies(environment: Environment, isCutOff: boolean): Check {
  const variables = proxyVariablesIn(environment);
  if (variables.length === 0) return NOTHING;
  const text = `${variables.join(', ')} ${variables.length === 1 ? 'is' : 'are'} set and not used: ecs-watch connects without a proxy.`;
  return isCutOff
    ? findings(
        wrong(
          'proxy',
          text,
          'Some addresses are not reached. Where a proxy is the only way out, open the network to them, or ' +
            'run the watcher where it needs none: npm run deploy.',
          { variables },
        ),
      )
    : findings(
        remark('proxy', text, 'Nothing to do as long as every address is reached.', { variables }),
      );
}

/** What the address of the Tablestore instance says of itself. */
export function examineEndpoint(
  { endpoint, instance }: { readonly endpoint: string; readonly instance: string },
  environment: Environment,
): Check {
  const { hostname: host } = new URL(endpoint);
  const stated = instanceAt(endpoint);
  if (stated === undefined) return NOTHING;
  const { name, regionId, isInVpc } = stated;
  const variables = ['TABLESTORE_ENDPOINT', 'TABLESTORE_INSTANCE'];
  const place = { host, variables, console: CONSOLE.instance };
  const found = [];
  if (name !== instance.toLowerCase()) {
    found.push(
      wrong(
        'instance-name',
        `TABLESTORE_ENDPOINT is the address of the instance ${name}, and TABLESTORE_INSTANCE is ${instance}.`,
        'Copy the address from the page of the instance that is meant: its first part is the name.',
        place,
      ),
    );
  }
  const functions = functionsRegionIn(environment);
  if (regionId !== functions) {
    found.push(
      remark(
        'instance-region',
        `The functions are in ${functions} (DEPLOY_REGION), and the Tablestore instance is in ${regionId}.`,
        'This works, slower and with traffic that is paid for. If it is not meant, set both to one region.',
        { ...place, variables: ['DEPLOY_REGION', 'TABLESTORE_ENDPOINT'] },
      ),
    );
  }
  if (isInVpc) {
    found.push(
      remark(
        'instance-vpc',
        `${host} (TABLESTORE_ENDPOINT) is an address for inside a VPC.`,
        'Only machines and functions in that VPC reach it: the functions of s.yaml are in none.',
        place,
      ),
    );
  }
  return findings(...found);
}
