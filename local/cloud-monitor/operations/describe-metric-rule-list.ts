import type { ApiOperation } from '../../api/operation.ts';
import type { Body } from '../../ecs/answer.ts';
import { type Alarms, CONDITION, LEVELS, type Rule } from '../rules.ts';

/** Members of an alarm that are named as the parameters are. Source: DescribeMetricRuleListResponseBody. */
const SAME = ['RuleId', 'RuleName', 'Namespace', 'MetricName', 'ContactGroups', 'Resources'];
const OPTIONAL = ['NoDataPolicy', 'Period', 'EffectiveInterval', 'Webhook'];

// https://www.alibabacloud.com/help/en/cms/developer-reference/api-cms-2019-01-01-describemetricrulelist
export const describeMetricRuleList = (alarms: Alarms): ApiOperation => ({
  perform({ parameters }) {
    const ids = (parameters.get('RuleIds') ?? '').split(',').filter((id) => id !== '');
    const found = [...alarms.rules].filter(([id]) => ids.length === 0 || ids.includes(id));
    return {
      Code: 200,
      Success: true,
      Total: String(found.length),
      Alarms: { Alarm: found.map(([, rule]) => describedRule(rule)) },
    };
  },
});

function describedRule(rule: Rule): Body {
  return {
    ...members(rule, [...SAME, ...OPTIONAL]),
    SilenceTime: Number(rule.get('SilenceTime') ?? '86400'),
    EnableState: true,
    AlertState: 'OK',
    Escalations: Object.fromEntries(LEVELS.map((level) => [level, conditionOf(rule, level)])),
  };
}

function conditionOf(rule: Rule, level: string): Body {
  const parts = CONDITION.map((part) => [part, rule.get(`Escalations.${level}.${part}`)] as const);
  return Object.fromEntries(
    parts
      .filter(([, value]) => value !== undefined)
      .map(([part, value]) => [part, part === 'Times' ? Number(value) : value]),
  );
}

function members(rule: Rule, names: readonly string[]): Body {
  return Object.fromEntries(names.filter((name) => rule.has(name)).map((n) => [n, rule.get(n)]));
}
