import type { Message } from '../../shared/core/message.ts';
import type { Change, Commit, Instance, Note, Report, Scope } from '../../shared/core/model.ts';
import { SETTLING, type Settling } from '../../shared/core/settling.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import type { Wording } from '../../shared/core/wording.ts';

/** Values to start from: a test names only what matters to it. */

/** A whole region of the account `main`. */
export function aScope(regionId: string): Scope {
  return { key: `main/${regionId}`, account: 'main', regionId };
}

export const SCOPE: Scope = aScope('cn-hangzhou');

/** English, as a configuration without a word about it has it. */
export const WORDING: Wording = {
  language: 'en',
  timeZone: 'UTC',
  channelNames: { dingtalk: { zh: '钉钉' } },
  accounts: 1,
};

/** No news is held back, and nothing ever flaps: for chats whose tests are about something else. */
export const AT_ONCE: Settling = { ...SETTLING, goodMs: 0, flaps: { count: 1e6, withinMs: 0 } };

export const MINUTE_MS = 60_000;
/** 2026-11-22T10:05:01.120Z, the moment of the example in the design. */
export const NOW_MS = Date.UTC(2026, 10, 22, 10, 5, 1, 120);
const A_MINUTE_BEFORE_MS = Date.UTC(2026, 10, 22, 10, 4, 0, 980);

export function aCommit(parts: Partial<Commit> = {}): Commit {
  return {
    scope: SCOPE.key,
    seq: 12,
    atMs: NOW_MS,
    previousAtMs: A_MINUTE_BEFORE_MS,
    tickId: 'tick-1',
    changes: [],
    ...parts,
  };
}

export function aChange(parts: Partial<Change> = {}): Change {
  return { instanceId: 'i-bp1', from: 'Running', to: 'Stopped', ...parts };
}

/** A daily report that ends at 10:00. */
export function aReport(parts: Partial<Report> = {}): Report {
  const untilMs = Date.UTC(2026, 10, 22, 10);
  return {
    per: 'day',
    fromMs: untilMs - DAY_MS,
    untilMs,
    changes: 12,
    outcomes: { Stopped: 5, Running: 4, new: 2, released: 1 },
    instances: 60,
    stopped: 2,
    longest: [
      { scope: SCOPE.key, instanceId: 'i-bp1', name: 'web-1', sinceMs: untilMs - 12 * DAY_MS },
      {
        scope: SCOPE.key,
        instanceId: 'i-bp2',
        name: 'db-1',
        sinceMs: untilMs - 3 * DAY_MS,
        isAtLeast: true,
      },
    ],
    flapping: 1,
    most: [{ scope: SCOPE.key, instanceId: 'i-bp3', name: 'api-1', changes: 6 }],
    ticks: { sinceMs: untilMs - DAY_MS, expected: 1_440, good: 1_438, late: 1 },
    channels: [{ channel: 'dingtalk', period: '2026-11', messages: 35, quota: 5_000 }],
    ...parts,
  };
}

/** Written a minute before `NOW_MS`, for a day. */
export function aNote(text: string, parts: Partial<Note> = {}): Note {
  return { text, by: 'ops', atMs: NOW_MS - MINUTE_MS, untilMs: NOW_MS + DAY_MS, ...parts };
}

export function anInstance(parts: Partial<Instance> = {}): Instance {
  return { status: 'Running', sinceMs: NOW_MS, ...parts };
}

export function aMessage(commits: readonly Commit[], parts: Partial<Message> = {}): Message {
  return {
    commits,
    part: { index: 0, count: 1 },
    isRepeat: false,
    withoutUserText: false,
    ...parts,
  };
}

/** So many instances that stopped, each with the name that `nameOf` gives it. */
export function manyChanges(
  count: number,
  nameOf: (index: number) => string | undefined = () => undefined,
): readonly Change[] {
  return Array.from({ length: count }, (_, index) => {
    const name = nameOf(index);
    const instanceId = `i-bp${String(index).padStart(20, '0')}`;
    return aChange({ instanceId, ...(name !== undefined && { name }) });
  });
}
