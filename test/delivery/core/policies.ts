import type { ChannelState } from '../../../shared/core/channel-state.ts';
import type { Message } from '../../../shared/core/message.ts';
import type { Change, Commit } from '../../../shared/core/model.ts';
import { claimMessage, skipTo } from '../../../shared/delivery/core/claim.ts';
import { cloudEventOf } from '../../../shared/delivery/core/message/cloud-event.ts';
import { plan } from '../../../shared/delivery/core/plan.ts';
import type { Mute } from '../../../shared/delivery/core/policy/mutes.ts';
import { channelPolicy } from '../../../shared/delivery/core/policy/policy.ts';
import type { Route } from '../../../shared/delivery/core/policy/routes.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import type { Manner, Plan } from '../../../shared/delivery/core/stages/stage.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';
import { aState, at, HANGZHOU } from './attempts.ts';

const HOUR_MS = 60 * MINUTE_MS;

interface Rules {
  readonly routes?: readonly Route[];
  readonly mutes?: readonly Mute[];
  readonly version?: string;
}

export function served(manner: Manner, { routes = [], mutes = [], version = 'v1' }: Rules): Manner {
  return { ...manner, name: 'ops', policy: channelPolicy('ops', { routes, mutes, version }) };
}

/** From an hour before now to an hour after it, if not said otherwise. */
export function aMute({
  fromMs = NOW_MS - HOUR_MS,
  untilMs = NOW_MS + HOUR_MS,
  ...parts
}: Partial<Mute> & { fromMs?: number; untilMs?: number }): Mute {
  const periods = [{ from: local(fromMs), until: local(untilMs) }];
  return { name: 'nights', zone: 'UTC', weekly: [], periods, ...parts };
}

function local(ms: number): { day: number; minutes: number } {
  return { day: Math.floor(ms / (24 * HOUR_MS)), minutes: (ms % (24 * HOUR_MS)) / MINUTE_MS };
}

/** A commit in which instances of these names stop. */
export function named(seq: number, ...names: readonly string[]): Commit {
  const changes = names.map((name): Change => aChange({ instanceId: `i-${name}`, name }));
  return aCommit({ seq, changes });
}

export function planAt(
  manner: Manner,
  state: ChannelState,
  commits: readonly Commit[],
  nowMs = NOW_MS,
): Plan {
  const scopes = [...new Set([...Object.keys(state.cursor), ...commits.map(({ scope }) => scope)])];
  const pending = scopes.map(
    (scope) => [scope, commits.filter((commit) => commit.scope === scope)] as const,
  );
  return plan(manner, state, new Map(pending), at(nowMs));
}

/** The state after everything that can be sent or passed now. */
export function passed(
  manner: Manner,
  from: ChannelState,
  commits: readonly Commit[],
  nowMs = NOW_MS,
): ChannelState {
  let state = from;
  for (;;) {
    const left = commits.filter(({ scope, seq }) => seq > (state.cursor[scope]?.seq ?? 0));
    const next = planAt(manner, state, left, nowMs);
    if (next.kind === 'idle') return state;
    state = delivered(manner, state, next, nowMs);
  }
}

export function delivered(
  manner: Manner,
  state: ChannelState,
  next: Plan,
  nowMs = NOW_MS,
): ChannelState {
  if (next.kind === 'skip') return skipTo(state, next, 'tick-1');
  if (next.kind !== 'send') throw new Error(next.kind);
  const claimed = claimMessage(state, next, at(nowMs));
  return settle(claimed, { kind: 'delivered' }, manner, { ...at(nowMs), jitter: 0.5 }, next);
}

export function eventsOf(manner: Manner, commit: Commit, from = aState()) {
  const events: ReturnType<typeof cloudEventOf>[] = [];
  let state = from;
  for (;;) {
    const left = [commit].filter(({ seq }) => seq > (state.cursor[HANGZHOU]?.seq ?? 0));
    const next = planAt(manner, state, left);
    if (next.kind === 'idle') return events;
    if (next.kind === 'send') events.push(cloudEventOf(next.message));
    state = delivered(manner, state, next);
  }
}

export function idsOf(next: Plan): readonly string[] {
  return cloudEventOf(messageOf(next)).data.changes?.map(({ id }) => id) ?? [];
}

export function messageOf(next: Plan): Message {
  if (next.kind !== 'send') throw new Error(next.kind);
  return next.message;
}

export function namesIn(next: Plan): readonly (string | undefined)[] {
  return messageOf(next).commits.flatMap(({ changes }) => changes.map(({ name }) => name));
}
