import type { Step, StepState } from '../../setup/core/step.ts';
import { CONSOLE } from './console.ts';
import { type Check, facts, NOTHING, remark, type WorldFinding, wrong } from './finding.ts';

const SETUP = 'npm run setup -- --dry-run shows what is needed, npm run setup makes it.';

/**
 * What `npm run setup` would do. `hasFunctions`: roles and policies are of the deployed functions, and
 * one box does without them.
 */
export function examineSteps(
  steps: readonly Step[],
  { hasFunctions, host }: { readonly hasFunctions: boolean; readonly host: string },
): Check {
  const needed = steps.filter(
    ({ what, state }) =>
      hasFunctions || IS_OTHER.includes(state) || !/^(?:role|policy|alarm) /u.test(what),
  );
  const unread = needed.filter(({ state }) => state === 'unread');
  const found = needed.flatMap((step) => findingOf(step, host));
  const names = unread.map(({ what }) => what).join(', ');
  const right = needed.filter(({ state }) => state === 'exists').map(({ what }) => what);
  return {
    findings: found,
    facts: [
      ...(right.length === 0 ? [] : [`account: as it should be: ${right.join(', ')}`]),
      ...(unread.length === 0
        ? []
        : [`account: this key may not read ${names}: ${unread[0]?.words.join('; ')}`]),
    ],
  };
}

/** What is there is examined in any case: a role may have been left open. */
const IS_OTHER: readonly StepState[] = ['differs', 'foreign'];

function findingOf({ what, state, words }: Step, host: string): readonly WorldFinding[] {
  const isInstance = what.startsWith('instance ');
  const place = isInstance
    ? { host, variables: ['TABLESTORE_INSTANCE'], console: CONSOLE.instance }
    : { host, console: CONSOLE.rights };
  const said = words.length === 0 ? '' : `: ${words.join('; ')}`;
  if (state === 'missing') {
    const level = what.startsWith('alarm ') ? remark : wrong;
    return [level('account', `The ${what} is not in this account.`, SETUP, place)];
  }
  if (state === 'wrong' || state === 'differs' || state === 'foreign') {
    return [wrong('account', `The ${what} is not as it should be${said}.`, SETUP, place)];
  }
  return [];
}

/** A table as it is stored. */
export interface ExaminedTable {
  readonly name: string;
  readonly wanted: Keys;
  /** Null: there is no such table. */
  readonly found: Keys | null;
}

type Keys = readonly { readonly name: string; readonly type: string }[];

/**
 * @param others the tables of the instance; undefined: they could not be listed
 */
export function examineTables(
  tables: readonly ExaminedTable[],
  others: readonly string[] | undefined,
  host: string,
): Check {
  const foreign = tables.filter(
    ({ found, wanted }) => found !== null && text(found) !== text(wanted),
  );
  const place = { host, variables: ['TABLESTORE_TABLE_PREFIX'], console: CONSOLE.tables };
  const found = foreign.map(({ name, found: keys, wanted }) =>
    wrong(
      'table-schema',
      `The table ${name} has the primary key (${text(keys ?? [])}), not (${text(wanted)}): it is of something else.`,
      'Set TABLESTORE_TABLE_PREFIX to another start of the names, or delete the table.',
      place,
    ),
  );
  const isNew = tables.every((table) => table.found === null);
  const prefixes = (others ?? [])
    .filter((name) => name.endsWith('journal'))
    .map((name) => name.slice(0, -'journal'.length));
  if (isNew && prefixes.length > 0) {
    found.push(
      wrong(
        'prefix',
        `The instance has no table ${tables.map(({ name }) => name).join(' or ')}, but those of ${prefixes.join(', ')}.`,
        'If the watcher has run already, set TABLESTORE_TABLE_PREFIX (or ECS_WATCH_NAME) to what it runs with.',
        { ...place, variables: ['TABLESTORE_TABLE_PREFIX', 'ECS_WATCH_NAME'] },
      ),
    );
  }
  if (found.length > 0) return { findings: found, facts: [] };
  if (isNew) return NOTHING;
  return facts(`tables: ${tables.map(({ name }) => name).join(', ')} have the right keys`);
}

function text(keys: Keys): string {
  return keys.map(({ name, type }) => `${name} ${type}`).join(', ');
}
