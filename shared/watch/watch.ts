import { healthAfter } from '../core/health.ts';
import { commitsAfter } from '../core/journal.ts';
import { deliver } from '../delivery/deliver.ts';
import { type OpenedJournal, registerChannels } from '../delivery/register.ts';
import { allOf } from '../lib/all-of.ts';
import { reasonOf } from '../ports/reason.ts';
import { confirm } from './confirm.ts';
import { diff } from './core/diff.ts';
import { enrich } from './enrich.ts';
import { finish, leftAlone, type Watched, watched } from './finish.ts';
import { type Opened, open, type Unopened } from './open.ts';
import type { Ports } from './ports.ts';
import { record } from './record.ts';
import type { WatchReport } from './report.ts';
import { look } from './scan.ts';
import type { Tick } from './tick.ts';

/**
 * One tick of the watcher: look at every scope, commit what changed, then tell each channel what
 * it has not been told. Whatever fails, fails alone: one scope or one channel, for this tick.
 */
export async function watch(ports: Ports, tick: Tick): Promise<WatchReport> {
  const opened = await Promise.all(tick.scopes.map((scope) => open(ports, tick, scope)));
  const unregistered = registerChannels(ports, tick, opened.map(journalOf));
  const scopes = await Promise.all(
    opened.map((scope) =>
      watchScope(ports, tick, scope, unregistered).catch((error) =>
        leftAlone({ ...scope, kind: 'failed', reason: reasonOf(error) }),
      ),
    ),
  );
  // Wait until every channel is registered, whatever happened to the scopes.
  await unregistered;
  const channels = await Promise.all(
    ports.channels.map((channel) => deliver(ports, tick, channel, scopes)),
  );
  return finish(ports, tick, scopes, channels);
}

/** One scope of a tick: scan → diff → confirm → commit. */
async function watchScope(
  { inventory, journal, runtime }: Ports,
  { tickId, guard, deadlineMs }: Tick,
  opened: Opened | Unopened,
  unregistered: Promise<ReadonlyMap<string, Error>>,
): Promise<Watched> {
  if (opened.kind !== 'opened') return leftAlone(opened);
  const { scope, loaded, pacer } = opened;
  const { health } = loaded.head;

  const startMs = runtime.now();
  const recalling = loaded.loadSnapshot();
  // Without a state to compare with, nobody wants the rest of the pages.
  recalling.catch(pacer.stop);
  const [{ snapshot: before, damage }, seen] = await allOf([
    recalling,
    look(inventory, scope, pacer, health.instances),
  ]);
  const found = diff(before.instances, seen.statuses);
  const facts = await confirm(
    inventory,
    scope,
    pacer,
    { before, seen, found, health },
    { runtime, guard },
  );
  const scanned = { startMs, endMs: runtime.now(), failure: facts.failure, seen };
  const named = await enrich(inventory, scope, pacer, facts.changes);
  const turn = healthAfter(health, scanned);

  // No commit before each channel is registered in this journal: it would not be sent the commit.
  const failure = (await unregistered).get(scope.key);
  if (failure !== undefined) throw failure;
  const commits = commitsAfter(before, {
    scope: scope.key,
    atMs: scanned.endMs,
    previousAtMs: health.lastGoodStartMs,
    tickId,
    complete: scanned.failure === null,
    ...(damage !== null && damage.since !== null && { since: damage.since }),
    changes: named.changes,
    notices: [...facts.notices, ...turn.notices],
  });
  const recorded = await record(journal, scope, commits, { runtime, deadlineMs });
  const steps = { before, damage, scanned, facts, turn, named, recorded };
  return watched(opened, { ...steps, doneMs: runtime.now() });
}

function journalOf(opened: Opened | Unopened): OpenedJournal {
  const { scope } = opened;
  if (opened.kind !== 'opened') return { scope, lastSeq: null, starts: {} };
  const { lastSeq, head } = opened.loaded;
  return { scope, lastSeq, starts: head.starts };
}
