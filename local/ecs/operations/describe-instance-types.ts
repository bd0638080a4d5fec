import type { Body } from '../answer.ts';
import { invalidParameter } from '../errors.ts';
import { familyOf, INSTANCE_TYPES, type InstanceType } from '../instance-types.ts';
import { decimal, integer, repeatList } from '../parameters.ts';
import type { Parameters } from '../request.ts';
import { numberOf, tokenAfter } from './next-token.ts';
import type { EcsOperation } from './operation.ts';

/** The types of all regions. https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstancetypes */
export const describeInstanceTypes: EcsOperation = ({ parameters }) => {
  const token = parameters.get('NextToken');
  const start = token ? numberOf(token) : 0;
  const limit = integer(parameters, 'MaxResults') ?? MAX_RESULTS;
  if (limit < 1 || limit > MAX_RESULTS) throw invalidParameter('MaxResults');
  const found = INSTANCE_TYPES.filter(filterOf(parameters));
  const end = start + limit;
  return {
    InstanceTypes: { InstanceType: found.slice(start, end).map(typeRow) },
    NextToken: end < found.length ? tokenAfter(end) : '',
  };
};

/** MaxResults: 100 at most, and when it is not given. */
const MAX_RESULTS = 100;
/** InstanceTypes.N: N from 1 to 10. */
const MAX_TYPES = 10;

function filterOf(parameters: Parameters): (type: InstanceType) => boolean {
  const ids = repeatList(parameters, 'InstanceTypes');
  if (ids !== undefined && ids.length > MAX_TYPES) throw invalidParameter('InstanceTypes');
  const family = parameters.get('InstanceTypeFamily') || undefined;
  const hasCores = within(parameters, 'CpuCoreCount');
  const hasMemory = within(parameters, 'MemorySize');
  return ({ id, cpuCores, memoryGib }) =>
    (ids?.includes(id) ?? true) &&
    (family === undefined || familyOf(id) === family) &&
    hasCores(cpuCores) &&
    hasMemory(memoryGib);
}

/** From `MinimumX` to `MaximumX`, both included. */
function within(parameters: Parameters, name: string): (value: number) => boolean {
  const least = decimal(parameters, `Minimum${name}`) ?? 0;
  const most = decimal(parameters, `Maximum${name}`) ?? Number.POSITIVE_INFINITY;
  return (value) => least <= value && value <= most;
}

function typeRow({ id, category, cpuCores, memoryGib }: InstanceType): Body {
  return {
    InstanceTypeId: id,
    InstanceTypeFamily: familyOf(id),
    InstanceFamilyLevel: 'EnterpriseLevel',
    InstanceCategory: category,
    CpuArchitecture: 'X86',
    CpuCoreCount: cpuCores,
    MemorySize: memoryGib,
    GPUAmount: 0,
    GPUSpec: '',
    LocalStorageCategory: '',
  };
}
