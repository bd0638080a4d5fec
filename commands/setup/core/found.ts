import type { PolicyDocument } from './document.ts';

/** What reading one thing has shown. */
export type Read<T> =
  | { readonly kind: 'is'; readonly value: T }
  | { readonly kind: 'none' }
  /** It could not be read; in the service's own words. */
  | { readonly kind: 'unread'; readonly words: string }
  /** It is behind a network switch that is off. */
  | { readonly kind: 'hidden' };

/** What an account has of what is wanted, by the wanted names. */
export interface Found {
  readonly instance: Read<FoundInstance>;
  readonly tables: ReadonlyMap<string, Read<FoundTable>>;
  readonly policies: ReadonlyMap<string, Read<FoundPolicy>>;
  readonly roles: ReadonlyMap<string, Read<FoundRole>>;
  readonly alarms: ReadonlyMap<string, Read<FoundAlarm>>;
  /** The contact groups of CloudMonitor. */
  readonly contactGroups: Read<readonly string[]>;
}

export interface FoundInstance {
  /** `normal`, `forbidden` or `Deleting`. Source: model of GetInstanceResponseBody. */
  readonly status: string;
  readonly networks: readonly string[];
  readonly description: string;
  /** Its tables, where they could be listed. */
  readonly tableNames?: readonly string[];
}

export interface FoundTable {
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  readonly ttlSeconds: number;
}

export interface FoundPolicy {
  readonly description: string;
  readonly document: PolicyDocument;
}

export interface FoundRole {
  readonly description: string;
  readonly trust: PolicyDocument;
  readonly policies: readonly { readonly name: string; readonly type: string }[];
}

export interface FoundAlarm {
  readonly contactGroup: string;
  readonly metric: string;
  readonly comparison: string;
  readonly threshold: string;
  readonly times: number;
  /** JSON; empty where CloudMonitor does not say. */
  readonly resources: string;
  /** Empty: none was set. */
  readonly noData: string;
  readonly isEnabled: boolean;
}

/** An account in which nothing is there yet. */
export const NOTHING_FOUND: Found = {
  instance: { kind: 'none' },
  tables: new Map(),
  policies: new Map(),
  roles: new Map(),
  alarms: new Map(),
  contactGroups: { kind: 'none' },
};

/** Of a map of reads: what was not asked for is not there. */
export function readOf<T>(reads: ReadonlyMap<string, Read<T>>, name: string): Read<T> {
  return reads.get(name) ?? { kind: 'none' };
}
