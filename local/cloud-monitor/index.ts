import type { ApiService } from '../api/operation.ts';
import { noPermission } from './errors.ts';
import { deleteMetricRules } from './operations/delete-metric-rules.ts';
import { describeContactGroupList } from './operations/describe-contact-group-list.ts';
import { describeMetricRuleList } from './operations/describe-metric-rule-list.ts';
import { putResourceMetricRule } from './operations/put-resource-metric-rule.ts';
import type { Alarms } from './rules.ts';

/** CloudMonitor's alarm rules, as far as `npm run setup` uses them. */
export function cloudMonitorService(alarms: Alarms): ApiService {
  return {
    product: 'Cms',
    version: '2019-01-01',
    prefix: 'cms',
    refusal: noPermission,
    operations: {
      PutResourceMetricRule: putResourceMetricRule(alarms),
      DescribeMetricRuleList: describeMetricRuleList(alarms),
      DeleteMetricRules: deleteMetricRules(alarms),
      DescribeContactGroupList: describeContactGroupList(alarms),
    },
  };
}
