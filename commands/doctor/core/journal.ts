import { CONSOLE } from './console.ts';
import { remark, type WorldFinding, wrong } from './finding.ts';

/** What is stored could not be read at all. */
export function journalUnread(kind: string, reason: string, host: string): WorldFinding {
  return wrong(
    kind,
    `The journal could not be read: ${reason}`,
    'npm run setup -- --dry-run compares the instance, its network, tables and rights with what is needed.',
    {
      host,
      variables: ['TABLESTORE_ENDPOINT', 'TABLESTORE_INSTANCE'],
      console: CONSOLE.instance,
    },
  );
}

export function watchListProblem(text: string): WorldFinding {
  return wrong('watch-list', text, 'npm run watch -- --once runs the tick that replaces it.', {
    variables: ['WATCH_REGIONS', 'WATCH_CONFIG'],
  });
}

/** A variable that no tick reads, and that a deployment or the view refuses. */
export function configurationProblem(problem: string): WorldFinding {
  const [variable] = /^[A-Z][A-Z0-9_]+(?= )/u.exec(problem) ?? [];
  return wrong(
    'configuration',
    problem,
    'Correct it in .env, for example with npm run configure.',
    variable === undefined ? {} : { variables: [variable] },
  );
}

/** A variable that nothing reads. `text` begins with its name, and says which one is probably meant. */
export function unreadVariable(text: string): WorldFinding {
  const [variable = ''] = text.split(' ', 1);
  return remark('misspelt', text, 'Correct its name in .env; what it was to set is not set.', {
    variables: [variable],
  });
}
