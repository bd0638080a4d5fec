import type { Message } from '../../../shared/core/message.ts';
import type { Handling } from '../receivers.ts';
import type { LivingRun } from '../run.ts';
import type { Results, Truth } from './truth.ts';
import type { Written } from './written.ts';

/** A run ends within it. */
const RUN_MS = 60_000;

/**
 * What stays stopped is said again once in a period, by the routes and mutes of the chat, and only of what
 * is stopped as far as the run that says it knows.
 */
export function remindedPromises(
  { receivers, isClockRight, isRowsRight, reminders }: Truth,
  { journalOf }: Written,
  { tally, violated }: Results,
) {
  /** Chat → when the period began of which it may have shown a reminder last. */
  const remindedMs = new Map<string, number>();

  /** Was it stopped a period before, by all that the run may know? What others write meanwhile it may not. */
  function isStopped(run: LivingRun, scope: string, instanceId: string, latestMs: number): boolean {
    const changes = journalOf(scope)
      .commits.filter((commit) => commit.run === run || commit.writtenAtMs < run.startMs)
      .flatMap(({ changes: all, atMs }) =>
        all.flatMap((change) => (change.instanceId === instanceId ? [{ change, atMs }] : [])),
      );
    const last = changes.at(-1);
    return last?.change.to === 'Stopped' && last.atMs <= latestMs;
  }

  function checkOne(
    what: string,
    run: LivingRun,
    channel: string,
    scope: string,
    change: Message['commits'][number]['changes'][number],
  ): void {
    const stop = { ...change, from: 'Running', to: 'Stopped' };
    const route = run.rules.routeOf(channel, { scope, change: stop, notice: undefined });
    if (route === null) {
      violated(`${what}: it is reminded of ${change.instanceId}, which the routes send elsewhere`);
      return;
    }
    const isMuted = (ms: number): boolean => run.rules.isMuted(channel, route, false, ms);
    if (isClockRight && isMuted(run.startMs) && isMuted(run.startMs + RUN_MS))
      violated(`${what}: it is reminded of ${change.instanceId}, which is muted`);
  }

  return {
    onMessage(
      run: LivingRun,
      channel: string,
      message: Message,
      { accepted, isAnswered }: Handling,
    ): void {
      if (message.reminders === undefined) return;
      const what = `${channel} by ${run.tickId}`;
      const isChat = receivers.some(({ name, style }) => name === channel && style === 'digest');
      if (reminders === null || !isChat) {
        violated(`${what}: no reminder was to be sent there`);
        return;
      }
      const { periodMs } = reminders;
      const said = new Set(
        message.commits.flatMap(({ scope, changes }) =>
          changes.map(({ instanceId }) => `${scope} ${instanceId}`),
        ),
      );
      const dueMs = Math.floor(run.startMs / periodMs) * periodMs;
      for (const { scope, changes } of message.reminders) {
        for (const change of changes) {
          const { instanceId } = change;
          checkOne(what, run, channel, scope, change);
          if (said.has(`${scope} ${instanceId}`))
            violated(`${what}: ${instanceId} of ${scope} is news and a reminder at once`);
          const isSure = isClockRight && isRowsRight;
          if (isSure && !isStopped(run, scope, instanceId, dueMs - periodMs))
            violated(`${what}: ${instanceId} of ${scope} has not stayed stopped for a period`);
        }
      }
      if (!isClockRight || !isRowsRight) return;
      if (run.startMs >= dueMs + periodMs / 2) violated(`${what}: the reminder is too late`);
      if (accepted) tally.reminders += 1;
      // Its sender cannot know that a message without an answer was not shown.
      if (!accepted && isAnswered) return;
      if (remindedMs.get(channel) === dueMs)
        violated(
          `${what}: it is reminded twice in the period from ${new Date(dueMs).toISOString()}`,
        );
      remindedMs.set(channel, dueMs);
    },
  };
}
