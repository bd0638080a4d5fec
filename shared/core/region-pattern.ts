import type { Target } from './target.ts';

/** The regions of an account that a target with `all` watches: those allowed, less those denied. */
export function allowedRegions(
  { allow, deny = [] }: Pick<Target, 'allow' | 'deny'>,
  regionIds: readonly string[],
): readonly string[] {
  const isNamed = (patterns: readonly string[], id: string): boolean =>
    patterns.some((pattern) => matchesPattern(pattern, id));
  return regionIds.filter(
    (id) => (allow === undefined || isNamed(allow, id)) && !isNamed(deny, id),
  );
}

/** Patterns of a target that match no region, as a mistyped one does. */
export function unmatchedPatterns(
  { allow = [], deny = [] }: Pick<Target, 'allow' | 'deny'>,
  regionIds: readonly string[],
): readonly string[] {
  return [...allow, ...deny].filter(
    (pattern) => !regionIds.some((id) => matchesPattern(pattern, id)),
  );
}

/** Is a region id the pattern, in which `*` is any text? */
function matchesPattern(pattern: string, regionId: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return regionId === pattern;
  if (!regionId.startsWith(start)) return false;
  let reached = start.length;
  for (const part of parts) {
    const found = regionId.indexOf(part, reached);
    if (found < 0) return false;
    reached = found + part.length;
  }
  return regionId.length - end.length >= reached && regionId.endsWith(end);
}
