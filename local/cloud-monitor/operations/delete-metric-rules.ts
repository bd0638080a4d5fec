import type { ApiOperation } from '../../api/operation.ts';
import { missingParameter } from '../../ecs/errors.ts';
import { repeatList } from '../../ecs/parameters.ts';
import type { Alarms } from '../rules.ts';

// https://www.alibabacloud.com/help/en/cms/developer-reference/api-cms-2019-01-01-deletemetricrules
export const deleteMetricRules = (alarms: Alarms): ApiOperation => ({
  perform({ parameters }) {
    const ids = repeatList(parameters, 'Id');
    if (ids === undefined) throw missingParameter('Id');
    for (const id of ids) alarms.rules.delete(id);
    return { Code: '200', Success: true, Message: 'success' };
  },
});
