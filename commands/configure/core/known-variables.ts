import { nearestTo } from '../../../shared/lib/suggest.ts';

/** Remarks on variables that nothing reads. `referred`: a file refers to them, so they have any name. */
export function unknownVariables(
  names: readonly string[],
  known: ReadonlySet<string>,
  referred: readonly string[],
): readonly string[] {
  return names
    .filter((name) => !known.has(name) && !referred.includes(name))
    .map((name) => {
      const nearest = nearestTo(name, [...known]);
      const meant = nearest === undefined ? '' : `: is ${nearest} meant?`;
      return `${name} is no variable of ecs-watch, and nothing reads it${meant}`;
    });
}
