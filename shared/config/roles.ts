import type { Role } from '../ports/role.ts';
import { variableIn } from './file-values.ts';
import type { VariableReader } from './reader.ts';
import type { WatchFile } from './watch-file.ts';

/** Alias of the account → the role that lets the watcher in. */
export function configuredRoles(
  read: VariableReader,
  file: WatchFile | undefined,
): ReadonlyMap<string, Role> {
  return new Map(
    (file?.accounts ?? []).flatMap(({ account, role }) =>
      role === undefined ? [] : [[account, resolved(read, role, account)] as const],
    ),
  );
}

function resolved(read: VariableReader, { arn, externalId }: Role, account: string): Role {
  const name = variableIn(externalId);
  const value = name === undefined ? externalId : read.text(name);
  if (name !== undefined && value === undefined) {
    read.refuseMissing(name, `the external id of the account ${account} in WATCH_CONFIG`);
  }
  return { arn, ...(value !== undefined && { externalId: value }) };
}
