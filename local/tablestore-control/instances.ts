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
}

/** The Tablestore instances of an account, in one region. */
export interface Instances {
  readonly accountId: string;
  readonly regionId: string;
  readonly clock: Clock;
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
