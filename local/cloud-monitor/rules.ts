/** The levels of an alarm. Source: model of @alicloud/cms20190101, PutResourceMetricRuleRequest. */
export const LEVELS = ['Critical', 'Warn', 'Info'] as const;
/** What makes up the condition of a level. */
export const CONDITION = ['Statistics', 'ComparisonOperator', 'Threshold', 'Times'] as const;

/** A rule: its parameters, by their names in the request. */
export type Rule = ReadonlyMap<string, string>;

/** The alarm rules and contact groups of an account. */
export interface Alarms {
  /** By RuleId. */
  readonly rules: Map<string, Rule>;
  readonly contactGroups: readonly string[];
}

/** The group that every account has. Source: CloudMonitor "Create an alert contact group". */
export const DEFAULT_CONTACT_GROUP = '云账号报警联系人';

export function createAlarms(contactGroups: readonly string[]): Alarms {
  return { rules: new Map(), contactGroups };
}
