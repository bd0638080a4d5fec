/** Who a call says it is from, and how to find out whether that is so. */
export interface Claim {
  readonly accessKeyId: string;
  readonly securityToken: string | undefined;
  readonly timestamp: string;
  readonly nonce: string;
  /** The signature that came with the call. */
  readonly signature: string;
  /** The signature that the owner of this secret would have sent. */
  expectedFor(accessKeySecret: string): string;
  /** What a client is told whose signature is another one. */
  mismatch(): string;
}

/** RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` is encoded. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `k=v&k=v`, encoded, in the order of the keys' code units: `InstanceId.1`, `.10`, `.2`. */
export function canonicalQuery(parameters: Iterable<readonly [string, string]>): string {
  return [...parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join('&');
}
