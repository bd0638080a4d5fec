import type { ConfiguredChannel } from '../channels/index.ts';
import type { Target } from '../core/target.ts';
import type { DeliveryRules } from '../delivery/core/policy/policy.ts';
import type { Role } from '../ports/role.ts';

/**
 * What the file at WATCH_CONFIG says, checked. `npm run build` embeds it in the bundles, so that a
 * cold start parses nothing.
 */
export interface WatchFile {
  readonly accounts: readonly FileAccount[];
  /** Their settings may be `${env:NAME}`, and secret ones always are. */
  readonly channels?: readonly ConfiguredChannel[];
  /** Where changes go, and when; absent: everywhere, always. */
  readonly rules?: DeliveryRules;
  /** How HEARTBEAT_URL is pinged; absent: by POST. */
  readonly heartbeat?: { readonly method: 'GET' | 'POST' };
  /** The values of the variables that it refers to, encrypted under WATCH_CONFIG_KEY. */
  readonly sealed?: string;
}

/** What is watched of one account. */
export interface FileAccount extends Target {
  /** The watcher's own account, which needs no role. */
  readonly isOwn: boolean;
  /** Only in what the watch function gets; its external id may be `${env:NAME}`. */
  readonly role?: Role;
}

/** What the view needs of it: it calls no account and sends nothing, so it gets no role and no address. */
export function fileOfView({ accounts }: WatchFile): WatchFile {
  return { accounts: accounts.map(({ role: _, ...account }) => account) };
}

/** `npm run build` puts it here; outside of a bundle there is none. */
declare const EMBEDDED_WATCH_FILE: WatchFile | undefined;

/** The file that this bundle was built with. */
export function embeddedFile(): WatchFile | undefined {
  return typeof EMBEDDED_WATCH_FILE === 'undefined' ? undefined : EMBEDDED_WATCH_FILE;
}
