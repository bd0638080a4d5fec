import { deliver } from '../delivery/deliver.ts';
import { forgottenChannels } from './forgotten-channels.ts';
import { pingHeartbeat } from './heartbeat.ts';
import { keepCheckpoints } from './keep-checkpoints.ts';
import { informWithoutJournal } from './last-resort.ts';
import type { Ports } from './ports.ts';
import { refreshDetails } from './refresh-details.ts';
import { dueReminder } from './reminder.ts';
import { isWell, reportOf, type WatchReport } from './report.ts';
import { saveStates } from './save-state.ts';
import { endAfter } from './scope-result.ts';
import type { Tick } from './tick.ts';
import { watchInShards } from './watch-in-shards.ts';
import { watchScopes } from './watch-scopes.ts';
import { openWatcher, type RecordedWatcher, recordWatcher, saveWatcher } from './watcher.ts';

/**
 * One tick of the watcher: scan every scope, commit what has changed, then deliver to each channel
 * the commits that it has not received. A failure of one scope or channel stops no other. Many scopes
 * are scanned by shards, which leave only delivery to this run.
 */
export async function watch(ports: Ports, tick: Tick): Promise<WatchReport> {
  const opening = openWatcher(ports, tick);
  const beside = opening.then(({ journal }) => journal);
  const { results, registered, ...others } = isSharded(ports, tick)
    ? await watchInShards(ports, tick, ports.shards, beside)
    : { ...(await watchScopes(ports, tick, beside)), ...NO_SHARDS };
  const lastResort = await informWithoutJournal(ports, tick, results);
  const entered = { ...ports, ...(others.accounts && { accounts: others.accounts }) };
  const watcher = await recordWatcher(entered, tick, await opening, results, registered);
  const ends = [...results.map(endAfter), watcher.end];
  const reminder = await dueReminder(ports, tick, results);
  const run = { ...tick, ...(reminder && { reminder }) };
  const [channels, forgotten, refreshed] = await Promise.all([
    Promise.all(ports.channels.map((channel) => deliver(ports, run, channel, ends))),
    forgottenChannels(ports, tick),
    Promise.all(results.map((result) => refreshDetails(ports, tick, result))),
  ]);
  const saved = await saveStates(ports, tick, refreshed);
  const unsaved = await saveWatcher(ports, tick, watcher);
  const problems = problemsOf(tick, watcher);
  const ok = isWell(results, channels) && problems.length === 0;
  const unpinged = ok ? await pingHeartbeat(ports, tick) : [];
  const unkept = await keepCheckpoints(ports, tick, saved.checkpoints);
  const ofStages = [others.notes, lastResort, watcher.notes, forgotten, saved.notes, unsaved];
  const notes = [problems, ...ofStages, unpinged, unkept].flat();
  return reportOf(ports, tick, { ok, results: refreshed, channels, units: others.units, notes });
}

const NO_SHARDS = { accounts: undefined, units: { read: 0, write: 0 }, notes: [] };

/** Are there more scopes than one run is to scan, and a function that can be handed some? */
function isSharded(
  ports: Ports,
  { scopes }: Tick,
): ports is Ports & Required<Pick<Ports, 'shards'>> {
  return ports.shards !== undefined && scopes.length > ports.shards.aboveScopes;
}

/** What makes a tick fail besides its scopes and channels. */
function problemsOf(
  { problems: ofAccounts = new Map() }: Tick,
  { problem }: RecordedWatcher,
): readonly string[] {
  const problems = [...ofAccounts].map(([account, why]) => `${account}: ${why}`);
  return problem === null ? problems : [...problems, problem];
}
