import { type AddressRule, isHostOf } from '../channels/kind.ts';
import { addressShape, type Shape } from '../lib/shape.ts';

/**
 * Where an API of Alibaba Cloud, or a local cloud, is reached. Over http, everyone on the way can
 * read the token of the role: only this machine, or a network of the account's own, is the way.
 */
export const ENDPOINT = addressShape(
  (url) =>
    url.username === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isPrivateWay(url.hostname))),
  'an https address such as https://host (http:// is for 127.0.0.1, localhost and VPC endpoints: ' +
    'ecs-vpc.REGION.aliyuncs.com, NAME.REGION.vpc.tablestore.aliyuncs.com)',
);

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;
/** Source: ECS "Endpoints"; Tablestore "Endpoints". */
const VPC_ENDPOINT =
  /^(?:ecs-vpc\.[a-z0-9-]+|[a-z0-9-]+\.[a-z0-9-]+\.vpc\.tablestore)\.aliyuncs\.com$/u;

function isPrivateWay(hostname: string): boolean {
  return LOOPBACK.test(hostname) || VPC_ENDPOINT.test(hostname);
}

/** Is it an address of this machine? */
function isLoopback(address: string): boolean {
  return URL.canParse(address) && LOOPBACK.test(new URL(address).hostname);
}

/**
 * Is what is watched a local cloud? No page of the ECS console shows its instances. Undefined: they are
 * asked for at Alibaba Cloud.
 */
export function isLocalCloud(ecsEndpoint: string | undefined): boolean {
  return ecsEndpoint !== undefined && isLoopback(ecsEndpoint);
}

/** The webhook addresses that a rule allows. A local receiver has another host, and no TLS. */
export function webhookAddress(rule: AddressRule, allowPrivate: boolean): Shape {
  const { hosts, parameter, retired } = rule;
  const isAtService = ({ hostname }: URL): boolean => isHostOf(rule, hostname);
  const isPublic = (url: URL): boolean =>
    url.protocol === 'https:' &&
    url.username === '' &&
    (hosts.length === 0 || (isAtService(url) && url.port === ''));
  const hasParameter = (url: URL): boolean =>
    parameter === undefined || !isAtService(url) || url.searchParams.has(parameter);
  const where = hosts.length === 0 ? '' : ` of ${hosts.join(' or ')}`;
  const suffix = parameter === undefined ? '' : ` with the parameter ${parameter}`;
  const isRetired = (value: string): boolean =>
    retired !== undefined && URL.canParse(value) && isHostOf(retired, new URL(value).hostname);
  return {
    ...addressShape(
      (url) => (allowPrivate ? isHttp(url) : isPublic(url)) && hasParameter(url),
      `an https address${where} (WEBHOOK_ALLOW_PRIVATE=true allows others)${suffix}`,
    ),
    hintOn: (value) => (isRetired(value) ? `: ${retired?.words}` : ''),
  };
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}
