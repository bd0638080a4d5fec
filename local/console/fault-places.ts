import { CHANNELS, type ChannelName } from '../channels/index.ts';
import type { Controlled } from '../control.ts';
import type { Fault } from '../faults/fault.ts';

/** A server that can be asked for faults. */
export type PlaceName = 'ecs' | 'tablestore' | ChannelName;

interface FaultPlace {
  /** Those that may still hit a request. */
  readonly faults: readonly Fault[];
  /** @throws {RangeError} naming every bad field. */
  setFaults(faults: readonly Fault[]): void;
}

export type FaultPlaces = Readonly<Record<PlaceName, FaultPlace>>;

export function faultPlaces({ ecs, tablestore, channels }: Controlled): FaultPlaces {
  const receivers = CHANNELS.map((name) => [
    name,
    place(
      () => channels.faultsOf(name),
      (faults) => channels.setFaults(name, faults),
    ),
  ]);
  return {
    ecs: place(() => ecs.faults, ecs.setFaults),
    tablestore: place(() => tablestore.faults, tablestore.setFaults),
    ...(Object.fromEntries(receivers) as Record<ChannelName, FaultPlace>),
  };
}

/** Each server checks the faults that it gets, so that here they need no type of their own. */
function place<F extends Fault>(
  read: () => readonly F[],
  set: (faults: readonly F[]) => void,
): FaultPlace {
  return {
    get faults() {
      return read();
    },
    setFaults: (faults) => set(faults as readonly F[]),
  };
}
