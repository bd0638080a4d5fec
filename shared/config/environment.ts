/** The environment as it is; an empty string means unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment is not usable. The message names every problem, and no value of a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const CREDENTIAL_VARIABLES = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
] as const;

/** Keys that the credential chain would find. They are secrets even when they are not used. */
export function keysIn(environment: Environment): readonly string[] {
  return CREDENTIAL_VARIABLES.flatMap((name) => environment[name]?.trim() ?? []);
}
