import type { Environment } from '../../../shared/config/environment.ts';
import { instanceAddress, instanceAt } from '../../core/instance-address.ts';
import { functionsRegionIn } from '../../core/region.ts';

/** What values follow from. */
export interface Deriving {
  /** The store of one box on this machine. */
  readonly box: { readonly endpoint: string; readonly instance: string };
  readonly isForBox: boolean;
  newToken(): string;
}

/**
 * What follows from the answers: the address of the store, unless another one was given by hand, and a
 * token for the view. An instance stays where it is: its history would not move with its address.
 *
 * @param before the environment without the answers
 */
export function derivedValues(
  before: Environment,
  after: Environment,
  { box, isForBox, newToken }: Deriving,
): ReadonlyMap<string, string> {
  const derived = new Map<string, string>();
  const { TABLESTORE_INSTANCE: instance, TABLESTORE_ENDPOINT: given } = after;
  if (isForBox) {
    if (!given) derived.set('TABLESTORE_ENDPOINT', box.endpoint);
    if (!instance) derived.set('TABLESTORE_INSTANCE', box.instance);
  } else if (instance && (!given || given === box.endpoint || isOfOther(given, before, instance))) {
    derived.set('TABLESTORE_ENDPOINT', instanceAddress(instance, functionsRegionIn(after)));
  }
  if (!after.VIEW_TOKEN && !after.VIEW_TOKENS && !after.VIEW_PUBLIC) {
    derived.set('VIEW_TOKEN', newToken());
  }
  return derived;
}

/** Is it the public address of the instance that was configured before this one? */
function isOfOther(given: string, before: Environment, instance: string): boolean {
  const { TABLESTORE_INSTANCE: old = '' } = before;
  const regionId = regionOf(given);
  return old !== instance && regionId !== undefined && given === instanceAddress(old, regionId);
}

/** The region of the instance, where the functions are moved to another one. */
export function regionLeft(before: Environment, after: Environment): string | undefined {
  const regionId = regionOf(after.TABLESTORE_ENDPOINT ?? '');
  const region = functionsRegionIn(after);
  return region === functionsRegionIn(before) || regionId === region ? undefined : regionId;
}

function regionOf(endpoint: string): string | undefined {
  return URL.canParse(endpoint) ? instanceAt(endpoint)?.regionId : undefined;
}
