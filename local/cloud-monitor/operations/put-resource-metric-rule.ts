import type { ApiOperation } from '../../api/operation.ts';
import { requiredParameter } from '../../ecs/parameters.ts';
import type { Parameters } from '../../ecs/request.ts';
import { parameterInvalid } from '../errors.ts';
import { type Alarms, CONDITION, LEVELS } from '../rules.ts';

const REQUIRED = ['RuleId', 'RuleName', 'Namespace', 'MetricName', 'ContactGroups'];

// https://www.alibabacloud.com/help/en/cms/developer-reference/api-cms-2019-01-01-putresourcemetricrule
export const putResourceMetricRule = (alarms: Alarms): ApiOperation => ({
  perform({ parameters }) {
    for (const name of REQUIRED) requiredParameter(parameters, name);
    checkLevels(parameters);
    for (const group of (parameters.get('ContactGroups') ?? '').split(',')) {
      if (!alarms.contactGroups.includes(group)) {
        throw parameterInvalid(`The contact group ${group} does not exist.`);
      }
    }
    alarms.rules.set(parameters.get('RuleId') ?? '', parameters);
    return { Code: '200', Success: true, Message: '' };
  },
});

/** "At least one level must be set, and all four parts of its condition with it." */
function checkLevels(parameters: Parameters): void {
  const given = LEVELS.map((level) =>
    CONDITION.filter((part) => parameters.has(`Escalations.${level}.${part}`)),
  );
  if (given.every((parts) => parts.length === 0)) throw parameterInvalid('No level is set.');
  if (given.some((parts) => parts.length > 0 && parts.length < CONDITION.length)) {
    throw parameterInvalid('A level lacks a part of its condition.');
  }
}
