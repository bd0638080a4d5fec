import type { Clock } from '../clock.ts';

/** Networks from which an instance may be reached. Source: model of CreateInstanceRequest. */
export const NETWORKS = ['VPC', 'INTERNET', 'CLASSIC'] as const;
export type Network = (typeof NETWORKS)[number];

export interface Instance {
  readonly name: string;
  readonly description: string;
  readonly specification: string;
  readonly networks: readonly Network[];
  readonly createdMs: number;
  /** Default: `normal`. One that is `forbidden` was stopped by the service, for unpaid bills say. Source: model of GetInstanceResponseBody. */
  readonly status?: 'normal' | 'forbidden' | 'Deleting';
}

/** The Tablestore instances of an account, in one region. */
export interface Instances {
  readonly accountId: string;
  readonly regionId: string;
  readonly clock: Clock;
  /** Names, in lower case, that instances of other accounts have in this region. */
  readonly taken: Set<string>;
  /** Names ignore the case. */
  get(name: string): Instance | undefined;
  all(): readonly Instance[];
  put(instance: Instance): void;
  delete(name: string): void;
  /** Whether an instance holds tables. */
  hasTables(name: string): boolean;
}

export function createInstances(options: {
  readonly accountId: string;
  readonly regionId: string;
  readonly clock: Clock;
  hasTables(name: string): boolean;
}): Instances {
  const byName = new Map<string, Instance>();
  return {
    ...options,
    taken: new Set(),
    get: (name) => byName.get(name.toLowerCase()),
    all: () => [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
    put(instance) {
      byName.set(instance.name.toLowerCase(), instance);
    },
    delete(name) {
      byName.delete(name.toLowerCase());
    },
  };
}
