import { ConfigError } from '../../shared/config/environment.ts';
import { planSetup } from '../setup/core/plan.ts';
import { wantedFor } from '../setup/core/wanted.ts';
import { ControlError } from '../setup/refusal.ts';
import { readSettings } from '../setup/settings.ts';
import { examineSteps } from './core/account.ts';
import { type Check, facts, NOTHING } from './core/finding.ts';
import type { Looking } from './looking.ts';

/** The instance with its network switch and, where functions are deployed, their roles. */
export async function lookAtAccount(looking: Looking, hasFunctions: boolean): Promise<Check> {
  const { environment, credentials, runtime } = looking;
  try {
    const { installationOf, openAccount, readTemplates } = await import('../setup/account.ts');
    const { readAccount } = await import('../setup/read.ts');
    const settings = readSettings(environment, false);
    const account = await openAccount(settings, {
      findCredentials: async () => credentials,
      runtime,
    });
    const installation = installationOf(settings, account.identity.accountId);
    // The tables are examined by the calls that a tick needs.
    const wanted = { ...wantedFor(installation, readTemplates()), tables: [] };
    const found = await readAccount(wanted, account.clients, account.tables);
    const steps = planSetup(wanted, found, { adopt: false });
    return examineSteps(steps, { hasFunctions, host: new URL(settings.instance.endpoint).host });
  } catch (error) {
    // What is wrong with the variables themselves is found where they are read.
    if (error instanceof ConfigError) return NOTHING;
    if (error instanceof ControlError) return facts(`account: not examined: ${error.message}`);
    const { code } = Object(error) as { readonly code?: unknown };
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return facts('account: not examined: the development packages are not installed (npm ci)');
  }
}
