const SETTINGS = ', settings ';

/** A description with a digest of the settings that cannot be read back. */
export function withSettings(code: string, digest: string): string {
  return `${code}${SETTINGS}${digest}`;
}

/** Of a description, what names the code. */
export function codeOf(description: unknown): string {
  const [code = ''] = String(description ?? '').split(SETTINGS, 1);
  return code;
}

/** Do two descriptions differ in settings alone? */
export function isOfOtherSettings(from: unknown, to: unknown): boolean {
  return from !== to && codeOf(from) === codeOf(to);
}
