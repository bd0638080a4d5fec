import type { FaultPlaces } from './fault-places.ts';
import {
  type Fleets,
  findInstance,
  isAllowed,
  type OwnedInstance,
  type Place,
  placesOf,
} from './fleets.ts';
import { switchText } from './switch-text.ts';
import { endAllFaults, findSwitch, turn } from './switches.ts';
import type { Act, Words } from './words/words.ts';

/** What the console's buttons change. */
export interface Changeable {
  readonly fleets: Fleets;
  readonly places: FaultPlaces;
}

/** What came of a button: an HTTP status, and a sentence for the reader. */
export interface Outcome {
  readonly status: number;
  readonly said: string;
}

type Fields = URLSearchParams;
type Action = (fields: Fields, cloud: Changeable, words: Words) => Outcome;

/** Path → what a POST to it does. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['/instances', changeInstance],
  ['/instances/new', createInstance],
  ['/faults', turnSwitch],
  ['/faults/end', endFaults],
]);

const CARRY_OUT: Readonly<Record<Act, (owned: OwnedInstance) => void>> = {
  start: ({ fleet, instance }) => fleet.start([instance.id]),
  stop: ({ fleet, instance }) => fleet.stop([instance.id]),
  reboot: ({ fleet, instance }) => fleet.reboot([instance.id]),
  release: ({ fleet, instance }) => fleet.release([instance.id]),
};
export const ACTS = Object.keys(CARRY_OUT) as readonly Act[];

/** `stop=i-…`: the name of the button is the act, its value the instance. */
function changeInstance(fields: Fields, { fleets }: Changeable, words: Words): Outcome {
  const act = ACTS.find((name) => fields.has(name));
  const id = (act && fields.get(act)) ?? '';
  const owned = findInstance(fleets, id);
  if (act === undefined || owned === undefined) {
    return { status: 404, said: words.refused.unknown(id) };
  }
  const { name, status } = owned.instance;
  if (!isAllowed(act, owned.instance)) {
    return { status: 409, said: words.refused.status(name, words.statuses[status]) };
  }
  CARRY_OUT[act](owned);
  return { status: 200, said: words.done[act](name) };
}

/** RunInstances, InstanceName: 2 to 128 characters. */
const NAME = /^.{2,128}$/u;

/** `name` may be empty; `place` is `ACCOUNT REGION`. */
function createInstance(fields: Fields, { fleets }: Changeable, words: Words): Outcome {
  const name = fields.get('name')?.trim() ?? '';
  if (name !== '' && !NAME.test(name)) return { status: 400, said: words.refused.name };
  const wanted = fields.get('place');
  const place = placesOf(fleets).find((candidate) => placeValue(candidate) === wanted);
  const fleet = place && fleets.get(place.account);
  if (place === undefined || fleet === undefined) {
    return { status: 404, said: words.refused.region };
  }
  const created = fleet.create(place.regionId, 1, () => (name === '' ? {} : { name }));
  return { status: 200, said: words.done.create(created[0]?.name ?? name) };
}

export const placeValue = ({ account, regionId }: Place): string => `${account} ${regionId}`;

/** `ecs-outage=on`: the name of the button is the switch, its value the position that is wanted. */
function turnSwitch(fields: Fields, { places }: Changeable, words: Words): Outcome {
  const [[name = '', position = ''] = []] = [...fields];
  const found = findSwitch(name);
  if (found === undefined) return { status: 404, said: words.refused.fault };
  turn(found, position === 'on', places);
  const { label, effect } = switchText(found, words);
  return { status: 200, said: words.turned(label, position === 'on', effect) };
}

function endFaults(_fields: Fields, { places }: Changeable, words: Words): Outcome {
  endAllFaults(places);
  return { status: 200, said: words.faultsEnded };
}
