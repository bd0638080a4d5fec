import { LOCAL_ACCOUNT, type LocalAccount } from '../../local/index.ts';
import { findKind } from '../../shared/channels/index.ts';
import { isAddressRule } from '../../shared/channels/kind.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { variableIn, variablesIn } from '../../shared/config/file-values.ts';
import { variableReader } from '../../shared/config/reader.ts';
import { configuredRoles } from '../../shared/config/roles.ts';
import type { WatchFile } from '../../shared/config/watch-file.ts';

/** A file as `npm start` plays it: what the local cloud has, and what the watch function needs. */
export interface Played {
  /** Of the own account. */
  readonly regions: readonly string[];
  readonly accounts: readonly LocalAccount[];
  /** Variables of both functions, beside those of the local cloud. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables of the watch function alone. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Variable that a channel refers to → that of the local receiver of its kind. */
  readonly receivers: Readonly<Record<string, string>>;
}

/**
 * An account gets the regions that it lists, with instances in each; `all` are those of `region`.
 * @throws {ConfigError} when a variable that the file refers to is not set, or the local cloud cannot have an account
 */
export function playFile(
  file: WatchFile | undefined,
  environment: Environment,
  { region, fleetSize }: { readonly region: string; readonly fleetSize: number },
): Played {
  if (file === undefined)
    return { regions: [region], accounts: [], variables: {}, secrets: {}, receivers: {} };
  const receivers = receiversOf(file);
  const read = variableReader(environment);
  const roles = configuredRoles(read, file);
  read.finish();
  const regionsOf = (regions: readonly string[] | 'all') =>
    regions === 'all' ? [region] : regions;
  for (const { account, role } of file.accounts) {
    // Its roles would lead into the own account, whose regions and rights are others.
    if (role?.arn.startsWith(`acs:ram::${LOCAL_ACCOUNT}:`)) {
      read.add(
        `WATCH_CONFIG: the role of the account ${account} is in ${LOCAL_ACCOUNT}, the local cloud's own account: take another number to play it`,
      );
    }
  }
  for (const problem of addressesOutside(file)) read.add(problem);
  read.finish();
  const own = file.accounts.find(({ isOwn }) => isOwn);
  return {
    regions: own === undefined ? [region] : regionsOf(own.regions),
    accounts: file.accounts.flatMap(({ account, regions }) => {
      const role = roles.get(account);
      return role === undefined ? [] : [{ role, fleetSize, regions: regionsOf(regions) }];
    }),
    // The file says which regions are watched, unless it leaves the own account out.
    variables: own === undefined ? {} : { WATCH_REGIONS: '' },
    secrets: Object.fromEntries(variablesIn(file).map((name) => [name, environment[name] ?? ''])),
    receivers,
  };
}

/** An address that is no variable cannot be that of a local receiver: messages would leave the machine. */
function addressesOutside({ channels = [] }: WatchFile): readonly string[] {
  return channels.flatMap(({ name, kind, settings }) =>
    Object.entries(findKind(kind)?.variables ?? {}).flatMap(
      ([setting, { rule, name: variable }]) =>
        !isAddressRule(rule) || variableIn(settings[setting]) !== undefined
          ? []
          : [
              `WATCH_CONFIG: the channel ${name} would be sent to its service: the local cloud needs ` +
                `${setting}: \${env:${variable}} to put its own address there`,
            ],
    ),
  );
}

/** The local cloud must not post to real chats: each channel gets the address of a local receiver. */
function receiversOf({ channels = [] }: WatchFile): Readonly<Record<string, string>> {
  const pairs = channels.flatMap(({ kind, settings }) => {
    const { variables = {} } = findKind(kind) ?? {};
    return Object.entries(settings).flatMap(([setting, value]) => {
      const name = variableIn(value);
      const local = variables[setting]?.name;
      return name === undefined || local === undefined ? [] : [[name, local] as const];
    });
  });
  return Object.fromEntries(pairs);
}
