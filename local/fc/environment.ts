import {
  DEFAULT_MEMORY_MB,
  type FunctionOptions,
  LOCAL_ACCOUNT_ID,
  type Platform,
} from './options.ts';

/**
 * All that an instance finds in `process.env`: the function's own variables and the platform's.
 * https://www.alibabacloud.com/help/en/functioncompute/fc/configure-environment-variables
 */
export function instanceEnvironment(
  options: FunctionOptions,
  { credentials, region }: Pick<Platform, 'credentials' | 'region'>,
  instanceId: string,
): Record<string, string> {
  return {
    // biome-ignore lint/style/noProcessEnv: an instance finds programs where this machine does.
    PATH: process.env.PATH ?? '',
    ...options.environment,
    ...credentialVariables(credentials),
    FC_ACCOUNT_ID: LOCAL_ACCOUNT_ID,
    FC_FUNCTION_NAME: options.name,
    FC_FUNCTION_HANDLER: options.handler,
    FC_FUNCTION_MEMORY_SIZE: String(options.memoryMb ?? DEFAULT_MEMORY_MB),
    FC_REGION: region,
    FC_INSTANCE_ID: instanceId,
    FC_FUNC_CODE_PATH: options.codeDir,
  };
}

function credentialVariables(credentials: Platform['credentials']): Record<string, string> {
  if (!credentials.accessKeyId) return {};
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: credentials.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: credentials.accessKeySecret,
    ...(credentials.securityToken && { ALIBABA_CLOUD_SECURITY_TOKEN: credentials.securityToken }),
  };
}
