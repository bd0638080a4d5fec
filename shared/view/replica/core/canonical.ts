/**
 * RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` is encoded. Half of a character, which no client can
 * have signed, is encoded as U+FFFD, as it is on the wire.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `name=value&…` in the order of the names' code units: `InstanceId.1`, `.10`, `.2`. */
export function canonicalQuery(parameters: Iterable<readonly [string, string]>): string {
  return [...parameters]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}
