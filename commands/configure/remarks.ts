import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../shared/config/environment.ts';
import { ROOT } from '../bundle.ts';
import { shellVariablesIn } from '../deploy/core/template.ts';
import { unknownVariables } from './core/known-variables.ts';
import { readAll } from './problems.ts';

/**
 * Names that nothing reads and that are nearly those of variables: a channel whose variable is misspelt is
 * no channel, and says nothing for ever. `referred`: the variables that the file at WATCH_CONFIG refers to.
 * `given`: names that are remarked on in any case.
 */
export function remarksOn(
  environment: Environment,
  referred: readonly string[],
  given: readonly string[] = [],
): readonly string[] {
  const known = new Set(shellVariablesIn(readFileSync(join(ROOT, 's.yaml'), 'utf8')));
  // What reads the settings knows the names that s.yaml has not. For a file alone, none is read.
  readAll(
    new Proxy<Environment>(
      { ...environment, WATCH_CONFIG: '' },
      {
        get(values, name: string) {
          known.add(name);
          return values[name];
        },
        // A reader that copies all variables has not asked for each.
        ownKeys: () => [],
      },
    ),
  );
  for (const name of OF_COMMANDS) known.add(name);
  const names = Object.keys(environment).filter((name) => environment[name]);
  return unknownVariables(names, known, referred).filter(
    (remark) => remark.endsWith('?') || given.some((name) => remark.startsWith(`${name} `)),
  );
}

/** Names that no reader of settings asks for. */
const OF_COMMANDS = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
];
