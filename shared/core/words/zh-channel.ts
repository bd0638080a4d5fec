import { cleanText } from '../text.ts';

/** A channel that variables configure is named after its kind, which has a word of its own in Chinese. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['dingtalk', '钉钉'],
  ['feishu', '飞书'],
  ['wecom', '企业微信'],
  ['slack', 'Slack'],
  ['teams', 'Microsoft Teams'],
  ['pagerduty', 'PagerDuty'],
  ['http', 'HTTP'],
  ['webhook', 'Webhook'],
]);

/** A name that a user has chosen stays as it is. */
export function channelInChinese(name: string): string {
  return KINDS.get(name) ?? cleanText(name);
}
