import { matchesGlob } from './glob.ts';
import type { Target } from './target.ts';

/** The regions of an account that a target with `all` watches: those allowed, less those denied. */
export function allowedRegions(
  { allow, deny = [] }: Pick<Target, 'allow' | 'deny'>,
  regionIds: readonly string[],
): readonly string[] {
  const isNamed = (patterns: readonly string[], id: string): boolean =>
    patterns.some((pattern) => matchesGlob(pattern, id));
  return regionIds.filter(
    (id) => (allow === undefined || isNamed(allow, id)) && !isNamed(deny, id),
  );
}

/** Patterns of a target that match no region, as a mistyped one does. */
export function unmatchedPatterns(
  { allow = [], deny = [] }: Pick<Target, 'allow' | 'deny'>,
  regionIds: readonly string[],
): readonly string[] {
  return [...allow, ...deny].filter((pattern) => !regionIds.some((id) => matchesGlob(pattern, id)));
}
