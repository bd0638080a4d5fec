import type { Body } from '../answer.ts';
import { type ApiError, dryRun, incorrectInstanceStatus, instanceNotFound } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Instance } from '../fleet/instance.ts';
import { allows } from '../fleet/lifecycle.ts';
import { choice, flag, requiredParameter } from '../parameters.ts';
import type { Parameters } from '../request.ts';
import { checkedIds, regionIdOf, requiredInstanceIds } from './arguments.ts';
import type { EcsOperation } from './operation.ts';

/** A request that turns instances on or off, and how the fleet carries it out. */
export interface PowerMove {
  readonly request: 'start' | 'stop' | 'reboot';
  carryOut(fleet: Fleet, instanceIds: readonly string[], parameters: Parameters): void;
}

/** The operation on one instance, which it finds in any region: StopInstance. */
export function onOne({ request, carryOut }: PowerMove): EcsOperation {
  return ({ parameters }, { fleet }) => {
    const [instanceId = ''] = checkedIds([requiredParameter(parameters, 'InstanceId')]);
    const refusal = refusalOf(request, fleet.find(instanceId));
    if (refusal) throw refusal;
    if (flag(parameters, 'DryRun')) throw dryRun('DryRunOperation');
    carryOut(fleet, [instanceId], parameters);
    return {};
  };
}

/**
 * The operation on up to 100 instances of a region: StopInstances. AllTogether refuses them all when
 * it would refuse one; SuccessFirst does what it can and answers for each.
 */
export function onMany({ request, carryOut }: PowerMove): EcsOperation {
  return ({ parameters }, { fleet }) => {
    const regionId = regionIdOf(parameters, fleet);
    const instanceIds = requiredInstanceIds(parameters);
    const mode = choice(parameters, 'BatchOptimization', ['AllTogether', 'SuccessFirst']);
    const inRegion = (instanceId: string): Instance | undefined => {
      const instance = fleet.find(instanceId);
      return instance?.regionId === regionId ? instance : undefined;
    };
    const outcomes = instanceIds.map((instanceId) => {
      const before = inRegion(instanceId);
      return { instanceId, before, refusal: refusalOf(request, before) };
    });
    const refusal = outcomes.find((outcome) => outcome.refusal)?.refusal;
    if (refusal && mode === 'AllTogether') throw refusal;
    if (flag(parameters, 'DryRun')) throw dryRun('DRYRUN.SUCCESS');

    const accepted = outcomes.filter((outcome) => outcome.refusal === undefined);
    carryOut(
      fleet,
      accepted.map(({ instanceId }) => instanceId),
      parameters,
    );
    return {
      InstanceResponses: {
        InstanceResponse: outcomes.map(
          ({ instanceId, before, refusal: why }): Body => ({
            InstanceId: instanceId,
            PreviousStatus: before?.status ?? '',
            CurrentStatus: inRegion(instanceId)?.status ?? '',
            Code: why?.code ?? '200',
            Message: why?.message ?? 'success',
          }),
        ),
      },
    };
  };
}

function refusalOf(
  request: PowerMove['request'],
  instance: Instance | undefined,
): ApiError | undefined {
  if (instance === undefined) return instanceNotFound();
  return allows(request, instance.status) ? undefined : incorrectInstanceStatus();
}
