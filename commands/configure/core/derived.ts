import type { Environment } from '../../../shared/config/environment.ts';

/** The address that Tablestore gives an instance. Source: Tablestore "Endpoints". */
export function endpointOf(instance: string, region: string): string {
  return `https://${instance.toLowerCase()}.${region}.ots.aliyuncs.com`;
}

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
  const region = after.DEPLOY_REGION || 'cn-hangzhou';
  const ofBefore = endpointOf(
    before.TABLESTORE_INSTANCE ?? '',
    before.DEPLOY_REGION || 'cn-hangzhou',
  );
  if (instance && (!given || given === ofBefore)) {
    derived.set('TABLESTORE_ENDPOINT', endpointOf(instance, region));
  }
  if (!after.VIEW_TOKEN && !after.VIEW_TOKENS && !after.VIEW_PUBLIC) {
    derived.set('VIEW_TOKEN', newToken());
  }
  return derived;
}
