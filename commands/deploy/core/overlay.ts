import { stringify } from 'yaml';
import type { Environment } from '../../../shared/config/environment.ts';

/**
 * What the environment switches on beside s.yaml, as a template that extends it: log store and domain
 * cannot be left out by an empty variable. Undefined: nothing.
 */
export function overlayOf(environment: Environment): string | undefined {
  const logs = logsOf(environment);
  const domain = domainOf(environment);
  const triggers = environment.WATCH_PUSH === 'true' ? [STATE_CHANGES] : undefined;
  if (logs === undefined && domain === undefined && triggers === undefined) return undefined;
  const watch = { ...(logs && { logConfig: logs }) };
  const scan = { ...watch, ...(triggers && { triggers }) };
  const view = { ...watch, ...(domain && { customDomain: domain }) };
  return stringify({
    extend: './s.yaml',
    resources: { watch: { props: watch }, scan: { props: scan }, view: { props: view } },
  });
}

/**
 * State changes of the function's own region, by EventBridge: each event is one invocation, as in the mode
 * `event-driven` there are no batches, and a setting of batches or retries would be ignored.
 * Source: fc3, "triggers", EventBridge; the type: EventBridge, "ECS events".
 */
const STATE_CHANGES = {
  triggerName: 'ecs-state-changes',
  triggerType: 'eventbridge',
  qualifier: 'LATEST',
  triggerConfig: {
    triggerEnable: true,
    asyncInvocationType: true,
    eventRuleFilterPattern: JSON.stringify({
      source: ['acs.ecs'],
      type: ['ecs:Instance:StateChange'],
    }),
    eventSourceConfig: { eventSourceType: 'Default' },
    eventSinkConfig: { deliveryOption: { eventSchema: 'CloudEvents' } },
    runOptions: { mode: 'event-driven' },
  },
};

function logsOf({ DEPLOY_LOG_PROJECT, DEPLOY_LOG_STORE }: Environment): object | undefined {
  if (!DEPLOY_LOG_PROJECT) return undefined;
  return {
    project: DEPLOY_LOG_PROJECT,
    logstore: DEPLOY_LOG_STORE || 'ecs-watch',
    enableRequestMetrics: true,
    enableInstanceMetrics: true,
    logBeginRule: 'DefaultRegex',
  };
}

/** `auto` is the trial domain of Serverless Devs, which has no HTTPS. */
function domainOf({
  DEPLOY_DOMAIN,
  DEPLOY_DOMAIN_CERTIFICATE,
  DEPLOY_DOMAIN_KEY,
}: Environment): object | undefined {
  if (!DEPLOY_DOMAIN) return undefined;
  const isSecure = Boolean(DEPLOY_DOMAIN_CERTIFICATE && DEPLOY_DOMAIN_KEY);
  return {
    domainName: DEPLOY_DOMAIN,
    protocol: isSecure ? 'HTTPS' : 'HTTP',
    route: { path: '/*' },
    ...(isSecure && {
      certConfig: {
        certName: DEPLOY_DOMAIN.replaceAll('.', '-'),
        certificate: DEPLOY_DOMAIN_CERTIFICATE,
        privateKey: DEPLOY_DOMAIN_KEY,
      },
    }),
  };
}
