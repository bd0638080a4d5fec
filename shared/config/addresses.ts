import type { AddressRule } from '../channels/kind.ts';
import { addressShape, type Shape } from '../lib/shape.ts';

/** Where an API of Alibaba Cloud, or a local cloud, is reached. */
export const ENDPOINT = addressShape(isHttp, 'an address such as https://host or http://host:port');

/** The webhook addresses that a rule allows. A local receiver has another host, and no TLS. */
export function webhookAddress({ hosts, parameter }: AddressRule, allowPrivate: boolean): Shape {
  const isAtService = ({ hostname }: URL): boolean => hosts.includes(hostname);
  const isPublic = (url: URL): boolean =>
    url.protocol === 'https:' && url.username === '' && (hosts.length === 0 || isAtService(url));
  const hasParameter = (url: URL): boolean =>
    parameter === undefined || !isAtService(url) || url.searchParams.has(parameter);
  const where = hosts.length === 0 ? '' : ` of ${hosts[0]}`;
  const suffix = parameter === undefined ? '' : ` with an ${parameter}`;
  return addressShape(
    (url) => (allowPrivate ? isHttp(url) : isPublic(url)) && hasParameter(url),
    `an https address${where} (WEBHOOK_ALLOW_PRIVATE=true allows others)${suffix}`,
  );
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}
