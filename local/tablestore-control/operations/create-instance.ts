import type { ApiOperation } from '../../api/operation.ts';
import { bodyOf, instanceResource, nameIn, networksIn } from '../body.ts';
import { instanceExists, parameterInvalid } from '../errors.ts';
import type { Instances } from '../instances.ts';

/** Source: model of CreateInstanceRequest. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{1,14}[A-Za-z0-9]$/u;
const RESERVED = /ali|ay|ots|taobao|admin/iu;
const SPECIFICATIONS = ['SSD', 'HYBRID'];
const MIN_DESCRIPTION = 3;
const MAX_DESCRIPTION = 256;
const MAX_INSTANCES = 10;

// https://www.alibabacloud.com/help/en/tablestore/developer-reference/api-tablestore-2020-12-09-createinstance
export const createInstance = (instances: Instances): ApiOperation => ({
  resource: (call) => instanceResource(instances, nameIn(bodyOf(call))),
  perform(call) {
    const body = bodyOf(call);
    const name = nameIn(body);
    const { ClusterType: specification, InstanceDescription: description = name } = body;
    if (!NAME.test(name) || RESERVED.test(name)) throw parameterInvalid('Invalid instance name.');
    if (typeof specification !== 'string' || !SPECIFICATIONS.includes(specification)) {
      throw parameterInvalid('Invalid ClusterType.');
    }
    if (
      typeof description !== 'string' ||
      description.length < MIN_DESCRIPTION ||
      description.length > MAX_DESCRIPTION
    ) {
      throw parameterInvalid('Invalid InstanceDescription.');
    }
    // A new instance refuses the Internet unless it is asked to allow it.
    const networks = networksIn(body) ?? ['VPC'];
    const isTaken = instances.get(name) !== undefined || instances.taken.has(name.toLowerCase());
    if (isTaken) throw instanceExists();
    if (instances.all().length >= MAX_INSTANCES) {
      throw parameterInvalid(`An account has ${MAX_INSTANCES} instances at most.`);
    }
    const createdMs = instances.clock.now();
    instances.put({ name, description, specification, networks, createdMs });
    return { Code: '200', Message: 'success' };
  },
});
