import { stringify } from 'yaml';
import type { Environment } from '../../../shared/config/environment.ts';

/**
 * What the environment switches on beside s.yaml, as a template that extends it: log store and domain
 * cannot be left out by an empty variable. Undefined: nothing.
 */
export function overlayOf(environment: Environment): string | undefined {
  const logs = logsOf(environment);
  const domain = domainOf(environment);
  if (logs === undefined && domain === undefined) return undefined;
  const watch = { ...(logs && { logConfig: logs }) };
  const view = { ...watch, ...(domain && { customDomain: domain }) };
  return stringify({
    extend: './s.yaml',
    resources: { watch: { props: watch }, scan: { props: watch }, view: { props: view } },
  });
}

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
