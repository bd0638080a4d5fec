import { isDeepStrictEqual } from 'node:util';
import { CHANNELS, type ChannelName, type ReceiverFault } from '../channels/index.ts';
import type { EcsFault } from '../ecs/index.ts';
import type { Fault } from '../faults/fault.ts';
import type { TablestoreFault } from '../tablestore/index.ts';
import type { FaultPlaces, PlaceName } from './fault-places.ts';

const ECS = {
  'ecs-outage': { kind: 'html-error', status: 502 },
  'ecs-throttle': { kind: 'throttle', probability: 0.5 },
  'ecs-denied': { kind: 'denied' },
  'ecs-empty': { kind: 'empty' },
  'ecs-short-page': { kind: 'short-page', rows: 3, queries: 'listings' },
  'ecs-slow': { kind: 'latency', latencyMs: 2_000 },
} as const satisfies Readonly<Record<string, EcsFault>>;

const STORE = {
  'store-outage': { kind: 'error', code: 'OTSServerUnavailable' },
  'store-lost-answers': { kind: 'lost-answer', probability: 0.2 },
} as const satisfies Readonly<Record<string, TablestoreFault>>;

/** Each receiver has a switch of each of these. */
const RECEIVER = {
  'receiver-down': { kind: 'answer', status: 503 },
  'answers-lost': { kind: 'lost-answer' },
} as const satisfies Readonly<Record<string, ReceiverFault>>;

/** What goes wrong: each has a text. */
export type Trouble = keyof typeof ECS | keyof typeof STORE | keyof typeof RECEIVER;

/** A fault with a name. It is on while its server has it: nothing is remembered beside that. */
export interface FaultSwitch {
  readonly name: string;
  readonly trouble: Trouble;
  readonly place: PlaceName;
  readonly fault: Fault;
}

export const ECS_SWITCHES = switchesOf(ECS, 'ecs');
export const STORE_SWITCHES = switchesOf(STORE, 'tablestore');

/** One for each receiver, in the order of the receivers. */
export const RECEIVER_SWITCHES: ReadonlyMap<Trouble, readonly FaultSwitch[]> = new Map(
  Object.keys(RECEIVER).map((key) => {
    const trouble = key as keyof typeof RECEIVER;
    return [trouble, CHANNELS.map((channel) => receiverSwitch(trouble, channel))];
  }),
);

function receiverSwitch(trouble: keyof typeof RECEIVER, place: ChannelName): FaultSwitch {
  return { name: `${trouble}-${place}`, trouble, place, fault: RECEIVER[trouble] };
}

function switchesOf<Name extends Trouble>(
  faults: Readonly<Record<Name, Fault>>,
  place: PlaceName,
): readonly FaultSwitch[] {
  return (Object.keys(faults) as Name[]).map((name) => ({
    name,
    trouble: name,
    place,
    fault: faults[name],
  }));
}

const ALL = [...ECS_SWITCHES, ...STORE_SWITCHES, ...[...RECEIVER_SWITCHES.values()].flat()];

export const findSwitch = (wanted: string): FaultSwitch | undefined =>
  ALL.find(({ name }) => name === wanted);

export function isOn({ place, fault }: FaultSwitch, places: FaultPlaces): boolean {
  return places[place].faults.some((pending) => isDeepStrictEqual(pending, fault));
}

/** Faults that were asked for in another way stay as they are. */
export function turn({ place, fault }: FaultSwitch, on: boolean, places: FaultPlaces): void {
  const others = places[place].faults.filter((pending) => !isDeepStrictEqual(pending, fault));
  places[place].setFaults(on ? [...others, fault] : others);
}

export function endAllFaults(places: FaultPlaces): void {
  for (const place of Object.values(places)) place.setFaults([]);
}

/** How many faults may still hit, those that no switch has asked for included. */
export function countFaults(places: FaultPlaces): number {
  return Object.values(places).reduce((sum, { faults }) => sum + faults.length, 0);
}
