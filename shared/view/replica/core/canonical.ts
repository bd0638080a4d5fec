const UNRESERVED = /^[\w.~-]*$/u;

/**
 * RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` is encoded. Half of a character, which no client can
 * have signed, is encoded as U+FFFD, as it is on the wire.
 */
export function percentEncode(text: string): string {
  // Nearly every name and value is of such characters alone.
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * `name=value&…` in the order of the names' code units: `InstanceId.1`, `.10`, `.2`. `except`: the name
 * of the one that is not signed.
 */
export function canonicalQuery(parameters: ReadonlyMap<string, string>, except?: string): string {
  return [...parameters.keys()]
    .filter((name) => name !== except)
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(parameters.get(name) ?? '')}`)
    .join('&');
}
