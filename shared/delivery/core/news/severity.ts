import type { Severity } from '../../../core/message.ts';
import type { Change } from '../../../core/model.ts';
import { own } from '../../../core/own.ts';

/** Takes the place of `to: null` in the tables. */
export const RELEASED = 'released';

/** Status, or `released` → severity: what a route says of its own changes. */
export type SeverityOverrides = Readonly<Record<string, Severity>>;

/**
 * What a status that is reached means.
 *
 * - `Stopped` is bad: what ran on the instance is down. That it was meant is known to one person at most.
 * - `released` is bad: the instance and its disks are gone for good. Where that is daily business, as
 *   in auto scaling, a route says so.
 * - `Running` is good: it ends bad news, or is a new instance that works.
 * - `Pending`, `Starting` and `Stopping` are neutral: they are on their way to a status that says more.
 * - So is a status that this version does not know: nothing can be said of it.
 */
const SEVERITY_OF: ReadonlyMap<string, Severity> = new Map([
  ['Stopped', 'bad'],
  [RELEASED, 'bad'],
  ['Running', 'good'],
  ['Pending', 'neutral'],
  ['Starting', 'neutral'],
  ['Stopping', 'neutral'],
]);

/** The statuses of this version, and `released`. ECS may have others one day. */
export const KNOWN_STATUSES: readonly string[] = [...SEVERITY_OF.keys()];

/** The severity of a move, or of a whole path by its two ends. */
export function severityOf(
  { from, to }: Pick<Change, 'from' | 'to'>,
  overrides: SeverityOverrides = {},
): Severity {
  const reached = to ?? RELEASED;
  const overridden = own(overrides, reached);
  if (overridden !== undefined) return overridden;
  return isOldNews(from, to) ? 'neutral' : (SEVERITY_OF.get(reached) ?? 'neutral');
}

/**
 * The release of a stopped instance follows bad news that was sent before, and an instance that is
 * created as stopped takes nothing down: nothing has run on it.
 */
function isOldNews(from: string | null, to: string | null): boolean {
  if (to === null) return from === 'Stopped';
  return to === 'Stopped' && (from === null || from === 'Pending');
}

/**
 * Statuses that ECS leaves by itself within a minute or two. They are news only when they last.
 * Source: ECS, "Lifecycle of instances".
 */
const TRANSITORY: readonly (string | null)[] = ['Pending', 'Starting', 'Stopping'];

export function isTransitory(status: string | null): boolean {
  return TRANSITORY.includes(status);
}
