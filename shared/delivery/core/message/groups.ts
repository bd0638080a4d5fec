import type { Appearance } from '../../../core/appearance.ts';
import { SEVERITIES, type Severity, type Standing } from '../../../core/message.ts';
import type { Story } from '../news/stories.ts';

/** Instances that have ended the same way: they are counted together. */
export interface Group {
  readonly severity: Severity;
  readonly symbol: string;
  /** The status that they ended in; null: released. */
  readonly to: string | null;
  readonly appearance: Appearance | null;
  readonly standing: Standing['what']['kind'] | null;
  readonly count: number;
  /** The first of them. */
  readonly named: readonly Story[];
}

/** Instances of a group that a title may name. */
export const MAX_NAMED = 3;

/** The groups of these stories, the worst first. */
export function groupsOf(stories: readonly Story[]): readonly Group[] {
  const groups = new Map<string, Group & { count: number; named: Story[] }>();
  for (const story of stories) {
    const { severity, last, way } = story;
    const standing = story.standing?.kind ?? null;
    const { to } = last.change;
    const appearance = way === 'again' ? null : way;
    // Of those that are back, that counts, and not their statuses.
    const end = appearance === 'returned' ? '' : (to ?? '');
    const key = `${severity} ${standing ?? ''} ${appearance ?? ''} ${end}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { severity, symbol: symbolOf(story), to, appearance, standing, count: 0, named: [] };
      groups.set(key, group);
    }
    group.count += 1;
    if (group.named.length < MAX_NAMED) group.named.push(story);
  }
  const all = [...groups.values()];
  return SEVERITIES.flatMap((severity) => all.filter((group) => group.severity === severity));
}

const SYMBOLS: Readonly<Record<Exclude<Severity, 'neutral'>, string>> = { bad: '🔴', good: '🟢' };
/** What is neither bad nor good is distinguished by its status. */
const NEUTRAL_SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['Pending', '🟡'],
  ['Starting', '🟡'],
  ['Stopping', '🟡'],
  ['Stopped', '⚫'],
]);
const RELEASED_SYMBOL = '⚫';
const OTHER_SYMBOL = '⚪';

/** One character that is recognised at a glance. */
export function symbolOf({ severity, last }: Pick<Story, 'severity' | 'last'>): string {
  const { to } = last.change;
  if (severity !== 'neutral') return SYMBOLS[severity];
  return to === null ? RELEASED_SYMBOL : (NEUTRAL_SYMBOLS.get(to) ?? OTHER_SYMBOL);
}
