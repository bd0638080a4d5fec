import type { ChannelState } from '../../shared/core/channel-state.ts';
import type { Commit, Scope } from '../../shared/core/model.ts';
import type { Journal, JournalReader } from '../../shared/ports/journal.ts';

/**
 * A journal that shows what is stored, and keeps what is written in memory: a tick over it records
 * nothing, and no other run sees it.
 */
export function dryJournal(stored: JournalReader): Journal {
  const appended = new Map<string, Commit[]>();
  const channels = new Map<string, ChannelState>();
  const written = ({ key }: Scope): readonly Commit[] => appended.get(key) ?? [];

  const journal: Journal = {
    ...stored,
    lastSeq: async (scope) => written(scope).at(-1)?.seq ?? stored.lastSeq(scope),
    async after(scope, seq, limit) {
      const read = await stored.after(scope, seq, limit);
      const readUntil = read.at(-1)?.seq ?? seq;
      return [...read, ...written(scope).filter((commit) => commit.seq > readUntil)].slice(
        0,
        limit,
      );
    },
    nextAfter: (scope, seq, limit) => journal.after(scope, seq, limit),
    async before(scope, seq, limit) {
      const own = written(scope).filter((commit) => commit.seq < seq);
      const read = await stored.before(scope, own[0]?.seq ?? seq, limit);
      return [...own.toReversed(), ...read].slice(0, limit);
    },
    async channel(name) {
      return channels.get(name) ?? stored.channel(name);
    },
    async append(commit) {
      appended.set(commit.scope, [...(appended.get(commit.scope) ?? []), commit]);
      return 'appended';
    },
    async commitAt(scope, seq) {
      const [commit] = await journal.after(scope, seq - 1, 1);
      return commit?.seq === seq ? commit : undefined;
    },
    lease: async () => 'mine',
    saveHealth: async () => 'saved',
    saveFailure: async () => 'saved',
    saveStarts: async () => 'saved',
    saveCheckpoint: async (_scope, { seq }, writer) => ({ seq, parts: 0, writer }),
    keepCheckpoint: async () => undefined,
    saveWatchList: async () => undefined,
    recordDelivery: async () => undefined,
    async moveChannel(name, _before, after) {
      channels.set(name, after);
      return 'moved';
    },
  };
  return journal;
}
