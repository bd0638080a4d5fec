import type { Message } from '../../../shared/core/message.ts';
import { own } from '../../../shared/core/own.ts';
import type { OnMessage } from '../receivers.ts';
import { itemsIn, type RulePromises, type StoredItem } from './ruled.ts';
import type { StoredChange } from './stored.ts';
import type { Results, Truth } from './truth.ts';
import { isNews, type StoredCommit, type Written } from './written.ts';

/** The incident of a scope in which many instances are down. */
const STORM = '*';
/** So many ticks without the store open an incident. */
const STORE_FAILURES = 3;
const STORE = 'watcher store failing';

/** Notices that open an incident and close it, and its subject. */
const FAILURES: Readonly<Record<string, readonly [subject: string, isOver: boolean]>> = {
  'scans-failing': ['scans failing', false],
  'scans-recovered': ['scans failing', true],
  'suspicious-scan': ['instances vanished', false],
  'suspicion-lifted': ['instances vanished', true],
  'channel-failing': ['channel', false],
  'channel-recovered': ['channel', true],
};

export interface PagerPromises {
  readonly onMessage: OnMessage;
  isDone(channel: string, item: StoredItem): boolean;
  isSaid(channel: string, scope: string, commit: StoredCommit): boolean;
  /** Incidents that are open though nothing is down, and what is down without one. */
  openEnds(): readonly string[];
}

/**
 * A receiver of incidents has one open for whatever is down, and none for what is up again or gone. It calls
 * people: an event that was lost must neither leave one open, nor close one that is needed.
 */
export function pagerPromises(
  { receivers, rules, isRowsRight, isAddressRight, isClockRight, nowMs }: Truth,
  { journals, journalOf }: Written,
  ruled: RulePromises,
  { violated }: Results,
): PagerPromises {
  /** Channel → `scope subject` of what is open. */
  const open = new Map<string, Set<string>>();
  /** Channel → `scope instanceId` → the last commit that it was sent of the instance. */
  const shown = new Map<string, Map<string, number>>();
  /** Channel → `scope/seq` of notices that it was sent. */
  const notices = new Map<string, Set<string>>();
  /** Channel → keys of what its cursor has passed while an incident went on. */
  const covered = new Map<string, Set<string>>();
  /** Channel → items of digests whose senders got no answer. */
  const unanswered = new Map<string, Set<string>>();

  const openAt = (channel: string) => setOf(open, channel);

  const onMessage: OnMessage = (run, channel, message, { accepted, isAnswered }) => {
    const { incident, commits } = message;
    // Without the store, two runs of one moment know nothing of each other: each says that it is gone.
    if (commits[0]?.notice?.kind !== 'store-failing')
      checkLabel(`${channel} by ${run.tickId}`, channel, message, isAnswered);
    if (!accepted) return;
    if (incident !== undefined) {
      const key = `${incident.scope} ${incident.subject}`;
      if (incident.action === 'trigger') openAt(channel).add(key);
      else openAt(channel).delete(key);
    }
    const [first] = commits;
    if (first?.notice?.kind === 'store-failing') {
      if (first.notice.failures >= STORE_FAILURES) openAt(channel).add(STORE);
      return;
    }
    const seqs = shown.get(channel) ?? new Map<string, number>();
    shown.set(channel, seqs);
    for (const { scope, seq, notice, changes } of commits) {
      if (notice !== undefined) setOf(notices, channel).add(`${scope}/${seq}`);
      for (const { instanceId } of notice === undefined ? changes : []) {
        const key = `${scope} ${instanceId}`;
        seqs.set(key, Math.max(seq, seqs.get(key) ?? 0));
      }
    }
  };

  /** What may have been shown is labelled when it is sent again. An event says by its key that it is the same. */
  function checkLabel(
    what: string,
    channel: string,
    { incident, commits, isRepeat }: Message,
    isAnswered: boolean,
  ): void {
    if (incident !== undefined) return;
    const keys = commits.map(({ scope, seq }) => `${scope}/${seq}`);
    const sent = keys.find((key) => setOf(unanswered, channel).has(key));
    if (sent !== undefined && !isRepeat)
      violated(`${what}: ${sent} may have been shown and has no label`);
    if (!isAnswered) for (const key of keys) setOf(unanswered, channel).add(key);
  }

  function isShown(channel: string, { scope, commit, change, notice }: StoredItem): boolean {
    if (notice !== undefined) return setOf(notices, channel).has(`${scope}/${commit.seq}`);
    return (shown.get(channel)?.get(`${scope} ${change?.instanceId}`) ?? 0) >= commit.seq;
  }

  /** The cursor passes it. */
  function isDone(channel: string, item: StoredItem): boolean {
    if (isShown(channel, item)) return true;
    if (isCovered(channel, item)) setOf(covered, channel).add(item.key);
    return setOf(covered, channel).has(item.key);
  }

  /** An incident is open: that it goes on is nothing new. */
  function isCovered(channel: string, { scope, change, notice }: StoredItem): boolean {
    const at = openAt(channel);
    if (notice !== undefined) {
      const [subject = ''] = own(FAILURES, notice.kind) ?? [];
      const name = subject === 'channel' ? `channel ${notice.channel}` : subject;
      return at.has(`${scope} ${name}`);
    }
    return at.has(`${scope} ${change?.instanceId}`) || at.has(`${scope} ${STORM}`);
  }

  function openEnds(): readonly string[] {
    const pagers = receivers.filter(({ style }) => style === 'incidents').map(({ name }) => name);
    // At another address, or with a row that was lost, what is open is not known.
    if (!isRowsRight || !isAddressRight) return [];
    return pagers.flatMap((channel) =>
      [...journals.keys()].flatMap((scope) => endsIn(channel, scope)),
    );
  }

  function endsIn(channel: string, scope: string): readonly string[] {
    const { commits, state } = journalOf(scope);
    const at = [...openAt(channel)]
      .filter((key) => key.startsWith(`${scope} `))
      .map((key) => key.slice(scope.length + 1));
    const isUp = (id: string): boolean => (state.get(id) ?? 'Running') === 'Running';
    const isAnyDown = [...state.keys()].some((id) => !isUp(id));
    const never = at.filter((subject) => {
      if (subject === STORM) return !isAnyDown;
      return subject.includes(' ') ? !goesOn(subject, commits) : isUp(subject);
    });
    return [
      ...never.map((subject) => `nothing closes ${scope} ${subject} on ${channel}`),
      ...uncoveredIn(commits, channel, at).map(
        (id) => `${channel} has no incident of ${id} in ${scope}, which is down`,
      ),
    ];
  }

  function goesOn(subject: string, commits: readonly StoredCommit[]): boolean {
    const last = commits.findLast(({ notice, changes }) => {
      if (subject === 'instances vanished' && changes.some(({ to }) => to === null)) return true;
      const [name = ''] = own(FAILURES, notice?.kind ?? '') ?? [];
      return name === 'channel' ? subject === `channel ${notice?.channel}` : name === subject;
    });
    const [, isOver = true] = own(FAILURES, last?.notice?.kind ?? '') ?? [];
    return !isOver;
  }

  /** Where no route has ever sent anything elsewhere. */
  function uncoveredIn(
    commits: readonly StoredCommit[],
    channel: string,
    at: readonly string[],
  ): readonly string[] {
    if (rules.at(nowMs()).config !== null || !isClockRight) return [];
    const down = new Set<string>();
    for (const commit of commits) {
      if (!itemsIn('', commit).every((item) => ruled.isOwed(channel, item))) return [];
      for (const change of commit.changes) {
        if (change.to === null || change.to === 'Running') down.delete(change.instanceId);
        else if (isBad(change) && isNews(commit, channel) && commit.notice === undefined)
          down.add(change.instanceId);
      }
    }
    return at.includes(STORM) ? [] : [...down].filter((id) => !at.includes(id));
  }

  return {
    onMessage,
    isDone,
    isSaid: (channel, scope, commit) =>
      itemsIn(scope, commit)
        .filter((item) => ruled.isOwed(channel, item))
        .every((item) => isShown(channel, item) || setOf(covered, channel).has(item.key)),
    openEnds,
  };
}

function isBad({ from, to }: StoredChange): boolean {
  return to === 'Stopped' && from !== null && from !== 'Pending';
}

function setOf(sets: Map<string, Set<string>>, name: string): Set<string> {
  const known = sets.get(name) ?? new Set<string>();
  sets.set(name, known);
  return known;
}
