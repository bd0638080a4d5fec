import { isoTime } from '../../shared/core/time.ts';
import { tablesOf } from '../../shared/tablestore/tables.ts';
import type { Account } from './account.ts';
import type { PolicyDocument } from './core/document.ts';
import { opened } from './core/opening.ts';
import { updateTrust } from './core/plan.ts';
import type { Proof } from './core/proof.ts';
import type { Wanted, WantedRole } from './core/wanted.ts';
import { proveRights } from './prove.ts';
import { ControlError } from './refusal.ts';
import type { Settings } from './settings.ts';
import type { World } from './world.ts';

/** What proving the rights of roles works with. */
interface Proving {
  readonly account: Account;
  readonly settings: Settings;
  readonly world: World;
  /** A role may be opened to this key as long as its rights are tried. */
  readonly mayOpen: boolean;
}

/** Tries the rights of each role with its own keys. */
export async function proveRoles(
  { roles, policies }: Wanted,
  proving: Proving,
): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const role of roles) {
    const document = policies.find(({ name }) => name === role.policies[0])?.document;
    if (document === undefined) continue;
    const prove = () => proveRole(role, document, proving);
    proofs.push(
      ...(proving.mayOpen
        ? // A role must not stay open because someone has pressed Ctrl-C.
          await proving.world.uninterrupted(CLOSING, () => whileOpen(role, prove, proving))
        : await prove()),
    );
  }
  return proofs;
}

const CLOSING = 'Closing what was opened; this takes some seconds.';

async function proveRole(
  { name: role }: WantedRole,
  document: PolicyDocument,
  { account, settings, world, mayOpen }: Proving,
): Promise<readonly Proof[]> {
  const { clients, identity, redact } = account;
  const arn = `acs:ram::${identity.accountId}:role/${role.toLowerCase()}`;
  const assume = () => clients.assumeRole(arn);
  try {
    return await proveRights({
      role,
      credentials: mayOpen ? await withPatience(assume, world) : await assume(),
      document,
      settings,
      tables: tablesOf(settings.tablePrefix),
      runtime: world.runtime,
      redact,
    });
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    // As it should be: the role lets in Function Compute, and not this key.
    if (!mayOpen && error.code === 'NoPermission') return [untried(role, HOW_TO_PROVE)];
    return [untried(role, `${error.message}. ${mayOpen ? NOT_AS_ROOT : HOW_TO_PROVE}`)];
  }
}

/** Longer than the slowest proof, by as much as two clocks may differ before every request is refused. */
const OPEN_MS = 20 * 60_000;

/** Does the work while the role trusts this key, too. RAM closes it in time, whatever becomes of this process. */
async function whileOpen(
  { name: role, trust }: WantedRole,
  work: () => Promise<readonly Proof[]>,
  { account: { clients, identity }, world }: Proving,
): Promise<readonly Proof[]> {
  const setTrust = (document: PolicyDocument) => clients.perform(updateTrust(role, document));
  const untilMs = world.runtime.now() + OPEN_MS;
  const refusal = await refusalOf(setTrust(opened(trust, principalOf(identity.arn), untilMs)));
  // A refusal has changed nothing. Without an answer, the role may have been opened all the same.
  if (refusal !== undefined && refusal.code !== 'NetworkError')
    return [untried(role, refusal.message)];
  let proofs: readonly Proof[] = [];
  let failure: ControlError | undefined;
  try {
    proofs = refusal === undefined ? await work() : [untried(role, refusal.message)];
  } finally {
    failure = await refusalOf(withPatience(() => setTrust(trust), world));
  }
  return failure === undefined ? proofs : [...proofs, leftOpen(role, untilMs, failure.message)];
}

/** What became of a call; undefined: it was made. */
async function refusalOf(call: Promise<unknown>): Promise<ControlError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof ControlError) return error;
    throw error;
  }
}

export const HOW_TO_PROVE =
  'The rights of the roles are proved by the first tick after a deployment, or now by npm run setup -- --prove.';
const NOT_AS_ROOT = 'The key of the account itself can assume no role: use one of a RAM user';

function untried(role: string, words: string): Proof {
  return { role, right: '', result: 'untried', words };
}

function leftOpen(role: string, untilMs: number, reason: string): Proof {
  const words = `${reason}. The role lets in this key until ${isoTime(untilMs)}: run setup again, which closes it`;
  return { role, right: '', result: 'open', words };
}

const TRIES = 10;
const PAUSE_MS = 2_000;

/** A changed trust policy counts after some seconds. */
async function withPatience<T>(call: () => Promise<T>, { runtime }: World): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries >= TRIES || !(error instanceof ControlError)) throw error;
      await runtime.sleep(PAUSE_MS);
    }
  }
}

/** A trust policy names the role of temporary keys, not their session. */
function principalOf(arn: string): string {
  return arn.replace(/:assumed-role\/([^/]+)\/.*$/u, ':role/$1');
}
