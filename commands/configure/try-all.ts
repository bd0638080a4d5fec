import { createChannel } from '../../shared/channels/index.ts';
import type { Environment } from '../../shared/config/environment.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import { listedScopes } from '../../shared/core/target.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { askEcs } from '../ask-ecs.ts';
import { isYes } from '../deploy/deployment.ts';
import { testMessage, verdictOf } from '../notify/try-channel.ts';
import { withProgress } from '../progress.ts';
import { printAll } from '../setup/world.ts';
import { tryKey } from './try-key.ts';
import type { ConfigureFlags, ConfigureWorld } from './world.ts';

/** Everything that can be tried before there is anything in the account. */
export async function tryAll(
  watch: WatchConfig,
  environment: Environment,
  flags: ConfigureFlags,
  world: ConfigureWorld,
): Promise<boolean> {
  const sends = await maySend(watch, flags, world);
  const tried = await withProgress(
    () => 'Trying what was stored',
    async () => [
      await tryAccount(watch, environment, world),
      ...(sends ? await tryChannels(watch, world) : []),
    ],
  );
  printAll(
    ['', 'Tried:', ...tried.flatMap(({ lines }) => lines.map((line) => `  ${line}`))],
    world,
  );
  const isWell = tried.every(({ ok }) => ok);
  world.print('');
  const next = flags.isForBox ? 'npm start -- --real' : 'npm run setup, then npm run deploy';
  world.print(
    isWell
      ? `Next: ${next}.`
      : 'Mend what is said above, and run npm run configure again: it keeps what is right.',
  );
  return isWell;
}

/** People read the channels: where there is a terminal to ask on, nothing is sent without a yes. */
async function maySend(
  { channels }: WatchConfig,
  { sendsNothing, isQuiet }: ConfigureFlags,
  world: ConfigureWorld,
): Promise<boolean> {
  if (sendsNothing || channels.length === 0) return false;
  if (isQuiet) return true;
  const names = channels.map(({ name }) => name).join(', ');
  return isYes(await world.ask(`Send a test message to ${names}? [y/N] `));
}

interface Tried {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** The key, and whether it may look into the regions that are to be watched. */
async function tryAccount(
  watch: WatchConfig,
  environment: Environment,
  world: ConfigureWorld,
): Promise<Tried> {
  const key = await tryKey(environment, world, watch.secrets);
  if (key.kind !== 'good') return { ok: false, lines: [key.words] };
  const { credentials } = key;
  const redact = redactor([...watch.secrets, ...Object.values(credentials)]);
  const asking = { credentials, sessions: newSessions(), runtime: world.runtime, redact };
  const answers = await askEcs(watch, listedScopes(watch.targets), asking);
  return {
    ok: answers.every(({ problem }) => problem === null),
    lines: [
      key.words,
      ...answers.map(({ scope, problem }) => `${scope}: ${problem ?? 'ECS answers'}`),
    ],
  };
}

async function tryChannels(watch: WatchConfig, { runtime }: ConfigureWorld): Promise<Tried[]> {
  const { channels, wording, allowPrivate, secrets } = watch;
  const message = testMessage(runtime.now());
  return Promise.all(
    channels.map(async (configured) => {
      const options = { wording, allowPrivate, now: runtime.now, redact: redactor(secrets) };
      const outcome = await createChannel(configured, options).send(message);
      const verdict = verdictOf(outcome);
      return {
        ok: outcome.kind === 'delivered',
        lines: [`${configured.name}: a test message was ${verdict}`],
      };
    }),
  );
}
