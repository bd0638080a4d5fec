import type { Change } from './model.ts';

export type Severity = 'bad' | 'good' | 'neutral';

/**
 * What a state means to people. A stopped instance serves no more, and a release cannot be undone:
 * people want to know at once, unless they have caused it. A status that this version does not know
 * is neither.
 */
const SEVERITIES: ReadonlyMap<string | null, Severity> = new Map([
  ['Running', 'good'],
  ['Stopped', 'bad'],
  [null, 'bad'],
]);

export function severityOf({ to }: Pick<Change, 'to'>): Severity {
  return SEVERITIES.get(to) ?? 'neutral';
}

/**
 * States that ECS leaves by itself within a minute or two. They are news only when they last.
 * Source: ECS, "Lifecycle of instances".
 */
const TRANSITORY: ReadonlySet<string | null> = new Set(['Pending', 'Starting', 'Stopping']);

export function isTransitory({ to }: Pick<Change, 'to'>): boolean {
  return TRANSITORY.has(to);
}
