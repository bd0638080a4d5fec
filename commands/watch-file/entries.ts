import type { Environment } from '../../shared/config/environment.ts';
import { deliveryProblems } from './delivery-entries.ts';
import type { FileProblem } from './problem.ts';

/**
 * What is wrong with the entries of the file together. Each entry may be wrong by itself as well, so
 * that nothing is taken for granted here.
 */
export function problemsTogether(file: unknown, values?: Environment): readonly FileProblem[] {
  const accounts = fieldsOf(file).accounts;
  const entries = Array.isArray(accounts) ? accounts.map(fieldsOf) : [];
  return [
    ...repeated(entries, 'alias', ({ alias }) => textOf(alias), 'is the alias of'),
    ...repeated(entries, 'roleArn', accountIdOf, 'is a role of the same account as'),
    ...repeated(
      entries,
      'alias',
      ownAccount,
      "is the watcher's own account (it has no roleArn), as is",
    ),
    ...entries.flatMap((entry, index) =>
      problemsOf(entry).map(({ path, ...problem }) => ({
        ...problem,
        path: ['accounts', index, ...path],
      })),
    ),
    ...deliveryProblems(fieldsOf(file), values),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function problemsOf(entry: Fields): readonly FileProblem[] {
  const { regions, roleArn, zone } = entry;
  const problems: FileProblem[] = [];
  const refuse = (name: string, words: string): void => {
    if (entry[name] !== undefined) problems.push({ path: [name], words });
  };
  if (regions !== 'all') {
    refuse('allow', 'is for regions: all; here the regions are listed');
    refuse('deny', 'is for regions: all; here the regions are listed');
  }
  if (roleArn === undefined) refuse('externalId', 'is for an account with a roleArn');
  const zoneId = textOf(zone);
  const listed = Array.isArray(regions) ? regions : [];
  if (regions === 'all') refuse('zone', 'is a zone of one region, but regions is all');
  else if (zoneId !== undefined && !listed.every((id) => zoneId.startsWith(String(id)))) {
    refuse('zone', 'is not a zone of every region of this account');
  }
  return problems;
}

/** A problem for each entry that has the same key as an earlier one. */
function repeated(
  entries: readonly Fields[],
  setting: string,
  keyOf: (entry: Fields) => string | undefined,
  words: string,
): readonly FileProblem[] {
  const keys = entries.map(keyOf);
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    if (key === undefined || first === index) return [];
    return [{ path: ['accounts', index, setting], words: `${words} accounts[${first}] too` }];
  });
}

/** The account that a role is in: `1234567890123456` of `acs:ram::1234567890123456:role/NAME`. */
function accountIdOf({ roleArn }: Fields): string | undefined {
  return /^acs:ram::(\d+):/u.exec(textOf(roleArn) ?? '')?.[1];
}

function ownAccount({ alias, roleArn }: Fields): string | undefined {
  return textOf(alias) !== undefined && roleArn === undefined ? '' : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
