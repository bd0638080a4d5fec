import type { Proof } from '../../setup/core/proof.ts';
import { CONSOLE } from './console.ts';
import { type Check, type WorldFinding, wrong } from './finding.ts';

/** Rights of the key that this command signs with, as trying them has shown. */
export function examineRights(
  proofs: readonly Proof[],
  hosts: Readonly<Record<string, string>>,
): Check {
  const refused = proofs.filter(({ result }) => result === 'refused');
  const proved = proofs.filter(({ result }) => result === 'proved').map(({ right }) => right);
  const unclear = proofs.filter(({ result }) => result === 'unclear');
  const found = refused.map(({ right, words }): WorldFinding => {
    const [service = ''] = right.split(':');
    const host = hosts[service];
    return wrong(
      'right-missing',
      `This key may not ${right}: ${words}.`,
      `Allow ${right} to it, as deploy/ecs-watch-writer.policy.json does; npm run setup -- --prove tries the functions' own roles.`,
      { ...(host !== undefined && { host }), console: CONSOLE.rights },
    );
  });
  return {
    findings: found,
    facts: [
      ...(proved.length === 0 ? [] : [`rights of this key: proved ${proved.join(', ')}`]),
      // One cause keeps many rights from being tried.
      ...[...new Set(unclear.map(({ words }) => words))].map((words) => {
        const alike = unclear.filter((proof) => proof.words === words);
        return `rights of this key: not proved ${alike.map(({ right }) => right).join(', ')}: ${words}`;
      }),
    ],
  };
}
