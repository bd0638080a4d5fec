import type { Environment } from '../../../shared/config/environment.ts';
import { instanceAddress } from '../../core/instance-address.ts';
import { functionsRegionIn } from '../../core/region.ts';

/**
 * What follows from the answers: the address of the instance, unless another one was given by hand, and a
 * token for the view.
 *
 * @param before the environment without the answers
 */
export function derivedValues(
  before: Environment,
  after: Environment,
  newToken: () => string,
): ReadonlyMap<string, string> {
  const derived = new Map<string, string>();
  const { TABLESTORE_INSTANCE: instance, TABLESTORE_ENDPOINT: given } = after;
  const ofBefore = instanceAddress(before.TABLESTORE_INSTANCE ?? '', functionsRegionIn(before));
  if (instance && (!given || given === ofBefore)) {
    derived.set('TABLESTORE_ENDPOINT', instanceAddress(instance, functionsRegionIn(after)));
  }
  if (!after.VIEW_TOKEN && !after.VIEW_TOKENS && !after.VIEW_PUBLIC) {
    derived.set('VIEW_TOKEN', newToken());
  }
  return derived;
}
