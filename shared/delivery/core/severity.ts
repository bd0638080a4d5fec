import type { Change } from '../../core/model.ts';

/** What a change means to the people who run the instance. */
export type Severity = 'bad' | 'neutral' | 'good';

/** Takes the place of `to: null` in the tables. */
export const RELEASED = 'released';

/** Status, or `released` → severity: what a route says of its own changes. */
export type SeverityOverrides = Readonly<Record<string, Severity>>;

const SEVERITY_OF: ReadonlyMap<string, Severity> = new Map([
  ['Stopped', 'bad'],
  [RELEASED, 'bad'],
  ['Running', 'good'],
]);

export function severityOf(
  { to }: Pick<Change, 'from' | 'to'>,
  overrides: SeverityOverrides = {},
): Severity {
  const reached = to ?? RELEASED;
  if (Object.hasOwn(overrides, reached)) return overrides[reached] ?? 'neutral';
  return SEVERITY_OF.get(reached) ?? 'neutral';
}
