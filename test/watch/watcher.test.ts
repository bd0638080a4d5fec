import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Outcome } from '../../shared/core/message.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';
import { type Journal, JournalError } from '../../shared/ports/journal.ts';
import { scheduleIn } from '../../shared/watch/core/periodic/schedule.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { aCommit, MINUTE_MS, NOW_MS } from '../helpers/examples.ts';
import { aTeam, DELIVERED } from './a-team.ts';

const DOWN: Outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };
const WRONG_TOKEN: Outcome = { kind: 'rejected', reason: 'token is not exist', cause: 'config' };
const WRONG_CONTENT: Outcome = { kind: 'rejected', reason: 'too long', cause: 'payload' };

describe('a channel that fails', () => {
  it('is announced on the others after three attempts, and again when it works', async () => {
    const { chat, endpoint, tick } = aTeam();
    await tick();
    chat.outcome = DOWN;
    for (let index = 0; index < 3; index += 1) await tick();
    expect(endpoint.notices()).toEqual([]);
    await tick();
    expect(endpoint.notices()).toEqual(['channel-failing']);
    chat.outcome = DELIVERED;
    for (let index = 0; index < 4; index += 1) await tick();

    expect(endpoint.notices()).toEqual(['channel-failing', 'channel-recovered']);
    // It is not sent its own failure, and it misses nothing else.
    expect(chat.notices()).toEqual(['channel-recovered']);
  });

  it('is announced at once when its address, token or configuration was rejected', async () => {
    const { chat, endpoint, tick } = aTeam();
    await tick();
    chat.outcome = WRONG_TOKEN;
    await tick();
    await tick();

    expect(endpoint.notices()).toEqual(['channel-failing']);
  });

  it('is not announced for the content of one message', async () => {
    const { chat, tick, told } = aTeam();
    await tick();
    chat.outcome = WRONG_CONTENT;
    await tick();
    chat.outcome = DELIVERED;
    await tick();
    await tick();

    expect(await told()).toEqual([]);
  });

  it('is announced once by several runs, warm, cold and at the same time', async () => {
    const { chat, endpoint, tick, told } = aTeam();
    const warm = newMemory();
    await tick();
    await tick(warm);
    chat.outcome = DOWN;
    for (let index = 0; index < 3; index += 1) await tick();
    await Promise.all([tick(), tick(warm), tick(newMemory())]);
    for (const memory of [undefined, warm, newMemory()]) await tick(memory);
    expect(await told()).toEqual(['channel-failing']);
    chat.outcome = DELIVERED;
    for (let index = 0; index < 20; index += 1) await tick(index % 2 === 0 ? warm : newMemory());

    expect(await told()).toEqual(['channel-failing', 'channel-recovered']);
    expect(endpoint.notices()).toEqual(['channel-failing', 'channel-recovered']);
  });

  it('is announced once although the run dies behind its commit', async () => {
    const { journal, chat, tick, told, endpoint } = aTeam();
    await tick();
    chat.outcome = DOWN;
    for (let index = 0; index < 3; index += 1) await tick();
    const dying = { ...journal, moveChannel: async () => Promise.reject(new Error('killed')) };
    await tick(newMemory(), dying);
    await tick();

    expect(await told()).toEqual(['channel-failing']);
    expect(endpoint.notices()).toEqual(['channel-failing']);
  });

  it('is announced once, although a cold run begins while another one commits', async () => {
    const { journal, chat, tick, told } = aTeam();
    await tick();
    chat.outcome = DOWN;
    for (let index = 0; index < 3; index += 1) await tick();
    let isFirst = true;
    const meanwhile: Journal = {
      ...journal,
      head: async (scope) => {
        if (scope.key === 'watcher' && isFirst) {
          isFirst = false;
          await tick();
        }
        return journal.head(scope);
      },
    };
    await tick(newMemory(), meanwhile);

    expect(await told()).toEqual(['channel-failing']);
  });

  it('is announced once, although the place of the notice is taken by another run', async () => {
    const { journal, chat, tick, told } = aTeam();
    await tick();
    chat.outcome = DOWN;
    for (let index = 0; index < 3; index += 1) await tick();
    const failures = { failures: 3, reason: 'HTTP 503', deliveredAtMs: NOW_MS };
    const failing = { chat: NOW_MS };
    const notice = { kind: 'channel-failing', channel: 'chat', ...failures, failing } as const;
    const other = aCommit({ scope: 'watcher', seq: 1, notice });
    await tick(
      newMemory(),
      overtakenBy(journal, () => journal.append(other)),
    );

    expect(await told()).toEqual(['channel-failing']);
  });

  it('is announced in the same tick, when another run has taken the place for something else', async () => {
    const { journal, chat, endpoint, tick, told } = aTeam();
    await tick();
    chat.outcome = DOWN;
    for (let index = 0; index < 3; index += 1) await tick();
    const notice = { kind: 'ticks-resumed', sinceMs: NOW_MS, untilMs: NOW_MS } as const;
    const other = aCommit({ scope: 'watcher', seq: 1, notice });
    await tick(
      newMemory(),
      overtakenBy(journal, () => journal.append(other)),
    );

    expect(await told()).toEqual(['ticks-resumed', 'channel-failing']);
    expect(endpoint.notices()).toEqual(['ticks-resumed', 'channel-failing']);
  });

  it('is known to be failing, however many other notices were committed since', async () => {
    const { journal, chat, tick, told } = aTeam();
    await tick();
    chat.outcome = WRONG_TOKEN;
    for (let index = 0; index < 2; index += 1) await tick();
    const notice = { kind: 'ticks-resumed', sinceMs: NOW_MS, untilMs: NOW_MS } as const;
    for (let seq = 2; seq < 90; seq += 1) {
      await journal.append(aCommit({ scope: 'watcher', seq, notice }));
    }
    await tick(newMemory());

    expect((await told()).filter((kind) => kind === 'channel-failing')).toHaveLength(1);
  });

  it('is dated no earlier than the commit before, by a clock that is behind', async () => {
    const { journal, chat, tick, runtime } = aTeam();
    await tick();
    chat.outcome = WRONG_TOKEN;
    await tick();
    const notice = { kind: 'ticks-resumed', sinceMs: NOW_MS, untilMs: NOW_MS } as const;
    const aheadMs = runtime.now() + 20_000;
    await journal.append(aCommit({ scope: 'watcher', seq: 1, atMs: aheadMs, notice }));
    await tick(newMemory());

    const commits = await journal.after(WATCHER, 0, 10);
    expect(commits.map((commit) => [commit.notice?.kind, commit.atMs])).toEqual([
      ['ticks-resumed', aheadMs],
      ['channel-failing', aheadMs],
    ]);
  });

  it('gives no number twice when all commits of the journal have expired', async () => {
    const { journal, chat, endpoint, tick, told } = aTeam();
    await tick();
    chat.outcome = WRONG_TOKEN;
    for (let index = 0; index < 2; index += 1) await tick();
    expect(await told()).toEqual(['channel-failing']);
    journal.expire(WATCHER, 1);
    await tick(newMemory());

    // What was announced is forgotten with it, so it is announced again.
    expect((await journal.after(WATCHER, 0, 10)).map(({ seq }) => seq)).toEqual([2]);
    expect(endpoint.notices()).toEqual(['channel-failing', 'channel-failing']);
  });
});

it('costs one read in a warm tick, and none where there is no channel to inform', async () => {
  const { journal, tick } = aTeam();
  await tick();
  // The second tick drops the starts, which the cursors have by then.
  await tick();
  journal.calls.length = 0;
  await tick();

  expect(journal.calls.filter((call) => call.endsWith(' watcher'))).toEqual(['after watcher']);
});

it('says why the journal of the watcher cannot be read, and watches on', async () => {
  const { journal, chat, tick } = aTeam();
  const refuses: Journal = {
    ...journal,
    head: async (scope) => {
      if (scope.key === 'watcher') throw new Error('no');
      return journal.head(scope);
    },
  };
  const report = await tick(newMemory(), refuses);

  expect(report).toMatchObject({ ok: false, scopes: [{ ok: true }] });
  expect(report.notes).toEqual(['watcher: its journal could not be read: Error: no']);
  expect(chat.sent).toHaveLength(1);
});

it('says what is wrong with its head, although nothing can be committed behind it', async () => {
  const { journal, chat, tick } = aTeam();
  const error = new JournalError('corrupt', 'CorruptRow', 'health is a text');
  const damaged: Journal = {
    ...journal,
    head: async (scope) => {
      const head = await journal.head(scope);
      return scope.key === 'watcher' && head !== undefined
        ? { ...head, unreadable: { health: { error } } }
        : head;
    },
    append: async (commit) =>
      commit.scope === 'watcher' ? Promise.reject(new Error('no')) : journal.append(commit),
  };
  await tick(newMemory());
  chat.outcome = WRONG_TOKEN;
  await tick(newMemory());

  const memory = newMemory();
  memory.channels.set('chat', (await journal.channel('chat')) ?? NEW_CHANNEL);
  const { notes } = await tick(memory, damaged);

  expect(notes).toContain('watcher: Error: no');
  expect(notes).toContain('watcher: CorruptRow: health is a text; the journal says what it can');
});

/** The journal, in which something happens just before the first commit to that of the watcher. */
function overtakenBy(journal: Journal, happen: () => Promise<unknown>): Journal {
  let isFirst = true;
  return {
    ...journal,
    append: async (commit) => {
      if (commit.scope === 'watcher' && isFirst) {
        isFirst = false;
        await happen();
      }
      return journal.append(commit);
    },
  };
}

describe('a periodic report', () => {
  /** A team whose report is due ten minutes after the first tick. */
  function aReportingTeam() {
    const when = new Date(NOW_MS + 10 * MINUTE_MS).toISOString().slice('2026-11-22T'.length, -8);
    const report = scheduleIn(`daily ${when}`, 'UTC');
    return aTeam(report === undefined ? {} : { report });
  }

  it('is made once by several runs, warm, cold and at the same time, and sent once', async () => {
    const { chat, endpoint, tick, told, journal } = aReportingTeam();
    for (let index = 0; index < 10; index += 1) await tick();
    expect(await told()).toEqual([]);
    await Promise.all([tick(), tick(newMemory()), tick(newMemory())]);
    for (let index = 0; index < 6; index += 1)
      await tick(index % 2 === 0 ? newMemory() : undefined);

    expect(await told()).toEqual(['report']);
    expect(chat.notices()).toEqual(['report']);
    expect(endpoint.notices()).toEqual(['report']);
    const [{ notice } = aCommit()] = await journal.after(WATCHER, 0, 1);
    // The baseline, then a change a tick.
    expect(notice).toMatchObject({ changes: 9, instances: 1, ticks: { good: 10, late: 0 } });
  });

  it('is not lost with the minute in which it was due, nor made again after a crash', async () => {
    const { runtime, chat, tick, told, journal } = aReportingTeam();
    for (let index = 0; index < 3; index += 1) await tick();
    runtime.clock.advance(3 * 60 * MINUTE_MS);
    const dying = { ...journal, moveChannel: async () => Promise.reject(new Error('killed')) };
    await tick(newMemory(), dying);
    await tick(newMemory());
    await tick(newMemory());

    expect(await told()).toContain('report');
    expect((await told()).filter((kind) => kind === 'report')).toHaveLength(1);
    expect(chat.notices().filter((kind) => kind === 'report')).toHaveLength(1);
  });

  it('waits some minutes for a scope that could not be read, and then goes without it', async () => {
    const { tick, told, journal } = aReportingTeam();
    for (let index = 0; index < 9; index += 1) await tick();
    const broken: Journal = {
      ...journal,
      lease: async () => Promise.reject(new JournalError('failed', 'OTSServerBusy', 'busy')),
    };
    for (let index = 0; index < 8; index += 1) await tick(undefined, broken);
    expect(await told()).not.toContain('report');
    for (let index = 0; index < 5; index += 1) await tick(undefined, broken);

    // Without a scope that was read, nothing says since when ticks count.
    expect(await told()).not.toContain('report');
    await tick();
    expect(await told()).toContain('report');
  });

  it('reads nothing before it is due, and afterwards', async () => {
    const { tick, journal } = aReportingTeam();
    const calls = async (): Promise<number> => {
      const before = journal.calls.length;
      await tick(undefined, journal, 'Running');
      return journal.calls.length - before;
    };
    await tick(undefined, journal, 'Running');
    await calls();
    const steady = await calls();
    for (let index = 0; index < 7; index += 1) await calls();
    await calls();
    const counts = [await calls(), await calls(), await calls(), await calls(), await calls()];

    expect(Math.max(...counts)).toBeGreaterThan(steady);
    expect(counts.at(-1)).toBe(steady);
  });
});
