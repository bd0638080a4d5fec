import type { Target } from '../core/target.ts';
import type { Role } from '../ports/role.ts';
import type { VariableReader } from './reader.ts';

/**
 * What the file at WATCH_CONFIG says, checked. `npm run build` embeds it in the bundles, so that a
 * cold start parses nothing.
 */
export interface WatchFile {
  readonly accounts: readonly FileAccount[];
}

/** What is watched of one account. */
export interface FileAccount extends Target {
  /** The watcher's own account, which needs no role. */
  readonly isOwn: boolean;
  /** Only in what the watch function gets; its external id may be `${env:NAME}`. */
  readonly role?: Role;
}

/** What the view needs of it: it calls no account, so that it gets no role. */
export function fileOfView({ accounts }: WatchFile): WatchFile {
  return { accounts: accounts.map(({ role: _, ...account }) => account) };
}

/** `npm run build` puts it here; outside of a bundle there is none. */
declare const EMBEDDED_WATCH_FILE: WatchFile | undefined;

/** The file that this bundle was built with. */
export function embeddedFile(): WatchFile | undefined {
  return typeof EMBEDDED_WATCH_FILE === 'undefined' ? undefined : EMBEDDED_WATCH_FILE;
}

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

/** The variables that the file refers to, which the watch function must have. */
export function variablesIn({ accounts }: WatchFile): readonly string[] {
  return accounts.flatMap(({ role }) => REFERENCE.exec(role?.externalId ?? '')?.[1] ?? []);
}

const REFERENCE = /^\$\{env:([A-Za-z_]\w*)\}$/u;

function resolved(read: VariableReader, { arn, externalId }: Role, account: string): Role {
  const [, name] = REFERENCE.exec(externalId ?? '') ?? [];
  const value = name === undefined ? externalId : read.text(name);
  if (name !== undefined && value === undefined) {
    read.refuseMissing(name, `the external id of the account ${account} in WATCH_CONFIG`);
  }
  return { arn, ...(value !== undefined && { externalId: value }) };
}
