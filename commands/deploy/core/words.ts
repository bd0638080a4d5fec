import { isOfOtherSettings } from './description.ts';
import { type Difference, isNothing } from './difference.ts';

/** What a deployment would change, a line each. Variables have names and no values. */
export function differenceLines(differences: readonly Difference[]): readonly string[] {
  return differences.flatMap((difference) => {
    const { functionName, isNew, settings, added, changed, removed, gone, triggers } = difference;
    if (isNothing(difference)) return [`${functionName}: nothing`];
    // Of a new function, all variables are new: one line names them.
    if (isNew) return [`${functionName}: new, with ${added.join(', ')}`];
    return [
      functionName,
      ...settings.map(({ name, from, to }) =>
        name !== 'description'
          ? `  setting   ${name}: ${shown(from)} → ${shown(to)}`
          : isOfOtherSettings(from, to)
            ? '  setting   domain, certificate, key or limits of queued events'
            : `  code      ${shown(from)} → ${shown(to)}`,
      ),
      ...variables('+', added),
      ...variables('~', changed),
      ...variables('-', removed),
      ...gone.map((name) => `  ${name} IS REMOVED`),
      ...triggers.map((name) => `  trigger   ${name}`),
    ];
  });
}

const SIGNS = { '+': 'is set', '~': 'changes', '-': 'IS REMOVED' } as const;

function variables(sign: keyof typeof SIGNS, names: readonly string[]): readonly string[] {
  return names.map((name) => `  variable  ${name} ${SIGNS[sign]}`);
}

function shown(value: unknown): string {
  return value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** The question before a deployment that takes something away; undefined: nothing is taken away. */
export function removalQuestion(differences: readonly Difference[]): string | undefined {
  const lists = differences.flatMap(({ removed, gone }) => [...removed, ...gone]);
  const taken = [...new Set(lists)];
  if (taken.length === 0) return undefined;
  return `What is deployed would be removed: ${taken.join(', ')}. Is that meant? [y/N] `;
}
