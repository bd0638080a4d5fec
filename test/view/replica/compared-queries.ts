import { seededRandom } from '../../../local/random.ts';
import type { Product } from '../../helpers/product.ts';
import { repeated } from '../../local/ecs/clients.ts';

/** Parameters of DescribeInstanceStatus, right or wrong. */
export type StatusParameters = Readonly<Record<string, string>>;

/** Regions of the compared state: two with instances and one without. */
export const REGIONS = ['cn-hangzhou', 'cn-shanghai', 'cn-beijing'] as const;

/** A query in which any parameter may be absent, odd or wrong. Everything follows from the seed. */
export function queryOf(seed: number, { cloud }: Product): StatusParameters {
  const random = seededRandom(seed);
  const maybe = (
    probability: number,
    name: string,
    values: readonly string[],
  ): Record<string, string> => (random.chance(probability) ? { [name]: random.pick(values) } : {});
  const regionId = random.chance(0.7) ? REGIONS[0] : random.pick([...REGIONS, 'mars-1', '']);
  const instances = cloud.ecs.fleet.instances(REGIONS[0]);
  const ids = instances.map(({ id }) => id);
  const zones = [...new Set(instances.map(({ zoneId }) => zoneId))];
  const odd = random.chance(0.1) ? ['web-1', '', 'i-BP1', 'i-bp1 ', '["i-bp1"]'] : [];
  const count = random.pick([0, 0, 0, 1, 2, 12, 50, 51, 70, 100, 101]);
  const asked = Array.from({ length: count }, () =>
    random.pick(random.chance(0.1) ? ['i-bp1gone', ...odd] : ids),
  );
  return {
    ...(random.chance(0.97) && { RegionId: regionId }),
    ...maybe(0.3, 'ZoneId', [...zones, ...zones, 'cn-hangzhou-zz', 'mars-1a', '']),
    ...repeated('InstanceId', asked),
    ...maybe(0.6, 'PageNumber', ['1', '1', '2', '3', '007', '1000000', '0', '-1', 'two', '']),
    ...maybe(0.7, 'PageSize', ['1', '7', '10', '49', '50', '50', '51', '0', '1e1', '']),
    ...maybe(0.1, 'OwnerId', ['1234567890']),
    ...maybe(0.1, 'ResourceOwnerAccount', ['some one@example.com', '云 *~', "!'()+&=%"]),
  };
}
