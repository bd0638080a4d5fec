import type { Fleet, Instance } from '../ecs/index.ts';
import { allows } from '../ecs/index.ts';
import type { Act, Words } from './words/words.ts';

/** Account → its fleet. */
export type Fleets = ReadonlyMap<string, Fleet>;

export interface OwnedInstance {
  readonly account: string;
  readonly fleet: Fleet;
  readonly instance: Instance;
}

/** Where an instance can be created: a region of an account. */
export interface Place {
  readonly account: string;
  readonly regionId: string;
}

export function placesOf(fleets: Fleets): readonly Place[] {
  return [...fleets].flatMap(([account, { regionIds }]) =>
    regionIds.map((regionId) => ({ account, regionId })),
  );
}

/** Those of all accounts and regions, oldest first: a new one moves no other one on the page. */
export function allInstances(fleets: Fleets): readonly OwnedInstance[] {
  return [...fleets].flatMap(([account, fleet]) =>
    fleet.regionIds.flatMap((regionId) =>
      fleet.instances(regionId).map((instance) => ({ account, fleet, instance })),
    ),
  );
}

export function findInstance(fleets: Fleets, id: string): OwnedInstance | undefined {
  for (const [account, fleet] of fleets) {
    const instance = fleet.find(id);
    if (instance !== undefined) return { account, fleet, instance };
  }
  return undefined;
}

/** Is the text part of what the page shows of the instance? */
export function matcher(search: string, { statuses }: Words): (owned: OwnedInstance) => boolean {
  const wanted = search.trim().toLowerCase();
  return ({ account, instance }) => {
    const { id, name, status, zoneId, privateIp, publicIp = '', eip = '' } = instance;
    return [id, name, status, statuses[status], zoneId, account, privateIp, publicIp, eip].some(
      (text) => text.toLowerCase().includes(wanted),
    );
  };
}

/** The console releases as an operator does who means it: by force. */
export function isAllowed(act: Act, { status }: Instance): boolean {
  return allows(act === 'release' ? 'forcedRelease' : act, status);
}
