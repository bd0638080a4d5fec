import { createInstance } from './create-instance.ts';
import { deleteInstance, deleteInstances } from './delete-instances.ts';
import { describeInstanceAttribute } from './describe-instance-attribute.ts';
import { describeInstanceStatus } from './describe-instance-status.ts';
import { describeInstanceTypes } from './describe-instance-types.ts';
import { describeInstances } from './describe-instances.ts';
import { describeRegions } from './describe-regions.ts';
import { describeZones } from './describe-zones.ts';
import { modifyInstanceAttribute } from './modify-instance-attribute.ts';
import type { EcsOperation } from './operation.ts';
import { rebootInstance, rebootInstances } from './reboot-instances.ts';
import { runInstances } from './run-instances.ts';
import { startInstance, startInstances } from './start-instances.ts';
import { stopInstance, stopInstances } from './stop-instances.ts';

/** The version of the API that is imitated; ECS has no other. */
export const API_VERSION = '2014-05-26';

export const ECS_OPERATIONS: ReadonlyMap<string, EcsOperation> = new Map([
  ['DescribeInstanceStatus', describeInstanceStatus],
  ['DescribeInstances', describeInstances],
  ['DescribeInstanceAttribute', describeInstanceAttribute],
  ['DescribeInstanceTypes', describeInstanceTypes],
  ['DescribeRegions', describeRegions],
  ['DescribeZones', describeZones],
  ['RunInstances', runInstances],
  ['CreateInstance', createInstance],
  ['ModifyInstanceAttribute', modifyInstanceAttribute],
  ['StartInstance', startInstance],
  ['StartInstances', startInstances],
  ['StopInstance', stopInstance],
  ['StopInstances', stopInstances],
  ['RebootInstance', rebootInstance],
  ['RebootInstances', rebootInstances],
  ['DeleteInstance', deleteInstance],
  ['DeleteInstances', deleteInstances],
]);
