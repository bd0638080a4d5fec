import type { Call } from './call.ts';
import { type Found, readOf } from './found.ts';
import { closed, openingWords } from './opening.ts';
import {
  alarmNamed,
  instanceNamed,
  isSameKey,
  ofSomethingElse,
  policyNamed,
  roleNamed,
  tableNamed,
  updateTrust,
} from './plan.ts';
import type { Wanted, WantedTable } from './wanted.ts';

/** One thing that teardown removes, or leaves. */
export interface Removal {
  readonly what: string;
  readonly state: 'there' | 'gone' | 'left' | 'unread' | 'hidden';
  /** Why it is left, or could not be read. */
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  /** Removing it deletes the history: the user is asked. */
  readonly isData: boolean;
  readonly needs: readonly string[];
}

/** What removes an environment, in the order in which it must be done. What setup has not made is left. */
export function planTeardown(wanted: Wanted, found: Found): readonly Removal[] {
  const { mark } = wanted;
  return [
    ...wanted.alarms.map(({ id }) => alarmRemoval(id, found)),
    ...wanted.roles.map(({ name }) => roleRemoval(name, found, mark)),
    ...wanted.policies.map(({ name }) => policyRemoval(name, found, wanted)),
    ...wanted.tables.map((table) => tableRemoval(table, found)),
    ...(wanted.instance === undefined ? [] : [instanceRemoval(wanted, found)]),
  ];
}

function alarmRemoval(id: string, { alarms }: Found): Removal {
  const found = readOf(alarms, id);
  const what = alarmNamed(id);
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') return gone(what);
  return there(what, [{ service: 'cms', action: 'DeleteMetricRules', parameters: { id: [id] } }]);
}

/** A role can only be deleted without policies: deleting it takes away what it allows in any case. */
function roleRemoval(name: string, { roles }: Found, mark: string): Removal {
  const what = roleNamed(name);
  const found = readOf(roles, name);
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') return gone(what);
  const { description, policies, trust } = found.value;
  if (description !== mark) {
    const { trust: before, openings } = closed(trust);
    const calls = openings.length === 0 ? [] : [updateTrust(name, before)];
    return { ...left(what, [NOT_OURS, ...openings.map(openingWords)]), calls };
  }
  const detach = policies.map(
    (policy): Call => ({
      service: 'ram',
      action: 'DetachPolicyFromRole',
      parameters: { policyType: policy.type, policyName: policy.name, roleName: name },
    }),
  );
  return there(what, [
    ...detach,
    { service: 'ram', action: 'DeleteRole', parameters: { roleName: name } },
  ]);
}

function policyRemoval(name: string, found: Found, { mark, roles }: Wanted): Removal {
  const what = policyNamed(name);
  const policy = readOf(found.policies, name);
  if (policy.kind === 'unread') return unread(what, policy.words);
  if (policy.kind !== 'is') return gone(what);
  if (policy.value.description !== mark) return left(what, [NOT_OURS]);
  const holders = roles.filter((role) => role.policies.includes(name));
  const staying = holders.filter((role) => {
    const held = readOf(found.roles, role.name);
    const isAttached = held.kind === 'is' && held.value.policies.some((one) => one.name === name);
    return isAttached && held.value.description !== mark;
  });
  const detach = staying.map(
    (role): Call => ({
      service: 'ram',
      action: 'DetachPolicyFromRole',
      parameters: { policyType: 'Custom', policyName: name, roleName: role.name },
    }),
  );
  const parameters = { policyName: name, cascadingDelete: true };
  return {
    ...there(what, [...detach, { service: 'ram', action: 'DeletePolicy', parameters }]),
    needs: holders.map((role) => roleNamed(role.name)),
  };
}

function tableRemoval({ name, keys }: WantedTable, { tables }: Found): Removal {
  const what = tableNamed(name);
  const found = readOf(tables, name);
  if (found.kind === 'hidden') {
    return {
      ...left(what, ['the instance is closed to this network: open it first']),
      state: 'hidden',
    };
  }
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') return gone(what);
  const { keys: foundKeys } = found.value;
  if (!isSameKey(foundKeys, keys)) return left(what, [ofSomethingElse(foundKeys, keys)]);
  const calls: readonly Call[] = [
    { service: 'tables', action: 'DeleteTable', parameters: { tableName: name } },
  ];
  return { ...there(what, calls), isData: true };
}

function instanceRemoval(
  { instance, tables, mark }: Wanted,
  { instance: found, tables: foundTables }: Found,
): Removal {
  const name = instance?.name ?? '';
  const what = instanceNamed(name);
  if (found.kind === 'unread') return unread(what, found.words);
  if (found.kind !== 'is') return gone(what);
  const { description, tableNames } = found.value;
  if (description !== mark) return left(what, [NOT_OURS]);
  if (tableNames === undefined) return left(what, ['its tables could not be listed']);
  const isOurs = (table: string): boolean => {
    const wanted = tables.find((one) => one.name === table);
    const read = readOf(foundTables, table);
    return wanted !== undefined && (read.kind !== 'is' || isSameKey(read.value.keys, wanted.keys));
  };
  const others = tableNames.filter((table) => !isOurs(table));
  if (others.length > 0) return left(what, [`has other tables: ${others.join(', ')}`]);
  const parameters = { instanceName: name };
  return {
    ...there(what, [{ service: 'tablestore', action: 'DeleteInstance', parameters }]),
    isData: true,
    needs: tables.map((table) => tableNamed(table.name)),
  };
}

const NOT_OURS = 'setup has not made it';

function there(what: string, calls: readonly Call[]): Removal {
  return { what, state: 'there', words: [], calls, isData: false, needs: [] };
}

function gone(what: string): Removal {
  return { what, state: 'gone', words: [], calls: [], isData: false, needs: [] };
}

function left(what: string, words: readonly string[]): Removal {
  return { what, state: 'left', words, calls: [], isData: false, needs: [] };
}

function unread(what: string, words: string): Removal {
  return { what, state: 'unread', words: [words], calls: [], isData: false, needs: [] };
}
