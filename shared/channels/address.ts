import { BlockList, isIP } from 'node:net';

/**
 * Ranges of IPv4 that no webhook on the internet has: private, loopback, link-local, reserved. A
 * hostile or mistyped address must not make the function post to its own network. The metadata
 * service of Alibaba Cloud is in 100.64/10. Source: IANA IPv4 Special-Purpose Address Registry.
 */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Global unicast, the only IPv6 that the internet routes. Source: RFC 4291, 2.4. */
const GLOBAL_IPV6 = ['2000::', 3] as const;

/**
 * What is special within it: protocols (Teredo is one), documentation, and 6to4.
 * Source: IANA IPv6 Special-Purpose Address Registry.
 */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

/**
 * Prefixes of 96 bits before an IPv4 address, which is the one that is reached: IPv4-mapped (RFC
 * 4291, 2.5.5.2), and NAT64 (RFC 6052, 2.1), by which a network without IPv4 reaches it.
 */
const EMBEDDING_PREFIXES: readonly string[] = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

const specialIpv4 = new BlockList();
for (const [network, prefix] of SPECIAL_IPV4) specialIpv4.addSubnet(network, prefix, 'ipv4');
const globalIpv6 = new BlockList();
globalIpv6.addSubnet(...GLOBAL_IPV6, 'ipv6');
const specialIpv6 = new BlockList();
for (const [network, prefix] of SPECIAL_IPV6) specialIpv6.addSubnet(network, prefix, 'ipv6');

/** True for an IP address that the internet does not route. */
export function isPrivateAddress(address: string): boolean {
  if (isIP(address) === 4) return specialIpv4.check(address, 'ipv4');
  // A zone (`fe80::1%eth0`) belongs to a link of this machine.
  if (isIP(address) !== 6 || address.includes('%')) return true;
  const embedded = embeddedIpv4(address);
  if (embedded !== undefined) return specialIpv4.check(embedded, 'ipv4');
  return !globalIpv6.check(address, 'ipv6') || specialIpv6.check(address, 'ipv6');
}

function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const prefix = groups.slice(0, 6).map((group) => group.toString(16));
  if (!EMBEDDING_PREFIXES.includes(prefix.join(':'))) return undefined;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** The eight groups of an IPv6 address. A URL spells each in one way, without dots. */
function groupsOf(address: string): readonly number[] {
  const [before = [], after = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((side) => (side === '' ? [] : side.split(':').map((group) => Number.parseInt(group, 16))));
  const zeros: number[] = Array(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after];
}

/** The IP address that is the host of a URL, without brackets; undefined if the host is a name. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/gu, '');
  return isIP(bare) === 0 ? undefined : bare;
}
