import type { AllMutedNews, ChannelState, Cursor } from '../../../core/channel-state.ts';
import type { MessageCommit } from '../../../core/message.ts';
import type { Commit } from '../../../core/model.ts';
import type { ChannelMute } from '../policy/policy.ts';
import type { Draft, Manner, Summary } from '../stages/stage.ts';

/**
 * What a mute holds back stays in the journal. The channel's cursor passes it, so that everything else
 * is sent, and its row remembers behind which commit of each scope the mute began to hold. When the
 * mute is over, these commits are read once more and sent as one message.
 */

/**
 * Scopes in which one mute holds something back: the channel's row stays small. What happens in
 * further ones waits in the row itself, as what is not ripe does, and as long as there is room.
 */
export const MAX_MUTED_SCOPES = 1_000;

/** What mutes that are over have held back, and is to be sent before anything else. */
export interface DueSummary {
  readonly mutes: readonly string[];
  /** Scope → the commits past this seq, as far as the cursor, hold it. */
  readonly after: Readonly<Record<string, number>>;
}

/** What is due to a channel now, in the scopes that are served; null: nothing. */
export function dueSummary(
  { muted = {} }: ChannelState,
  { style, policy }: Manner,
  nowMs: number,
  scopes: ReadonlySet<string>,
): DueSummary | null {
  if (style !== 'digest') return null;
  const going = new Set((policy?.mutes ?? []).filter(isGoing(nowMs)).map(({ name }) => name));
  const over = Object.entries(muted).filter(([name]) => !going.has(name));
  const after: Record<string, number> = {};
  for (const [, { after: begins }] of over) {
    for (const [scope, seq] of Object.entries(begins)) {
      if (scopes.has(scope)) after[scope] = Math.min(seq, after[scope] ?? seq);
    }
  }
  if (Object.keys(after).length === 0) return null;
  return { mutes: over.map(([name]) => name), after };
}

/** Is a mute going on at that time? */
export function isGoing(nowMs: number): (mute: ChannelMute) => boolean {
  return (mute) => mute.intervalAt(nowMs) !== null;
}

/** A message of what is due, before its stages. `pending`: the commits that may hold it. */
export function summaryDraft(
  { mutes, after }: DueSummary,
  { muted = {}, cursor, claim }: ChannelState,
  pending: ReadonlyMap<string, readonly Commit[]>,
  { policy }: Manner,
): Draft {
  const to: Record<string, Cursor[string]> = {};
  const lists: (readonly Commit[])[] = [];
  for (const [scope, commits] of pending) {
    const end = cursor[scope];
    const begin = after[scope];
    if (end === undefined || begin === undefined) continue;
    const within = commits.filter(({ seq }) => seq > begin && seq <= end.seq);
    const last = commits.at(-1)?.seq ?? end.seq;
    to[scope] = last < end.seq ? { seq: last, part: 0 } : end;
    if (within.length > 0) lists.push(within);
  }
  const ended = mutes.flatMap((name) => muted[name] ?? []);
  // Under other rules, what was held back is not known any more: some of it may have been sent.
  const isUncertain = mutes.some(
    (name) =>
      muted[name]?.policy !== policy?.version ||
      policy?.mutes.some((mute) => mute.name === name) !== true,
  );
  return {
    kind: 'draft',
    pending: lists,
    silent: new Set(),
    isRepeat:
      isUncertain ||
      claim?.mutes !== undefined ||
      ended.some(({ isMaybeSent }) => isMaybeSent === true),
    summary: {
      mutes,
      to,
      muted: {
        fromMs: Math.min(...ended.map(({ fromMs }) => fromMs)),
        untilMs: Math.max(...ended.map(({ untilMs }) => untilMs)),
      },
    },
  };
}

/** Did one of the mutes that are over hold this back? */
export function wasMuted(
  { mutes }: Summary,
  { muted = {} }: ChannelState,
  { policy }: Manner,
): (item: Item) => boolean {
  const all = policy?.mutes ?? [];
  const ended = mutes.flatMap((name) => {
    const entry = muted[name];
    return entry === undefined ? [] : [{ entry, mute: all.find((mute) => mute.name === name) }];
  });
  return ({ commit: { scope, seq }, ...item }) => {
    return ended.some(({ entry, mute }) => {
      if (seq <= (entry.after[scope] ?? seq)) return false;
      // Under other rules, what was held back is not known any more. Better twice than never.
      return mute === undefined || entry.policy !== policy?.version || mute.covers(item);
    });
  };
}

/** A change, or a notice, of a commit. */
export interface Item {
  readonly commit: Commit;
  /** Absent: it is a notice. */
  readonly instanceId?: string;
  readonly route?: string;
  readonly isNotice: boolean;
}

/** The commit with those items only; null: none is left. */
export function withItems(
  commit: MessageCommit,
  isKept: (item: Item) => boolean,
): MessageCommit | null {
  const { notice, route, changes } = commit;
  const named = route === undefined ? {} : { route };
  if (notice !== undefined) return isKept({ commit, ...named, isNotice: true }) ? commit : null;
  const kept = changes.filter((change) => {
    const routed = change.route === undefined ? {} : { route: change.route };
    const { instanceId } = change;
    return isKept({ commit, instanceId, ...routed, isNotice: false });
  });
  if (kept.length === changes.length) return commit;
  return kept.length === 0 ? null : { ...commit, changes: kept };
}

/** Without what a summary has said. */
export function afterSummary(
  muted: AllMutedNews,
  mutes: readonly string[],
  to: Cursor,
  cursor: Cursor,
): AllMutedNews {
  const left = { ...muted };
  for (const name of mutes) {
    const entry = left[name];
    if (entry === undefined) continue;
    const after = Object.fromEntries(
      Object.entries(entry.after).flatMap(([scope, seq]) => {
        const said = to[scope];
        if (said === undefined) return [[scope, seq]];
        return said.seq >= (cursor[scope]?.seq ?? 0) ? [] : [[scope, Math.max(seq, said.seq)]];
      }),
    );
    if (Object.keys(after).length === 0) delete left[name];
    else left[name] = { ...entry, after };
  }
  return left;
}

/** The state with what is muted; a row without any has no such field. */
export function withMuted({ muted: _, ...state }: ChannelState, muted: AllMutedNews): ChannelState {
  return Object.keys(muted).length === 0 ? state : { ...state, muted };
}

/** Without what is muted in these scopes, whose journals were cut short. */
export function withoutScopes(
  muted: AllMutedNews,
  scopes: ReadonlyMap<string, unknown>,
): AllMutedNews {
  const entries = Object.entries(muted).map(([name, entry]) => {
    const after = Object.entries(entry.after).filter(([scope]) => !scopes.has(scope));
    return [name, { ...entry, after: Object.fromEntries(after) }] as const;
  });
  return Object.fromEntries(entries.filter(([, { after }]) => Object.keys(after).length > 0));
}
