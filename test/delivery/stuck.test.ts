import type { Outcome } from '../../shared/core/message.ts';
import type { Change, Commit } from '../../shared/core/model.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { ChannelReport } from '../../shared/delivery/report.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { aChannel, aRun, portsOver, type TestChannel } from './deliveries.ts';

const HTTP_400: Outcome = { kind: 'rejected', reason: 'HTTP 400', cause: 'config' };
const HTTP_422: Outcome = { kind: 'rejected', reason: 'HTTP 422', cause: 'payload' };
const HTTP_500: Outcome = { kind: 'retry', reason: 'HTTP 500', lost: false };
const LOST: Outcome = { kind: 'retry', reason: 'TIMEOUT', lost: true };
const TAKEN: Outcome = { kind: 'delivered' };
const TWO_HOURS = 120;

describe('an event that its receiver never takes', () => {
  it.each([
    ['by its status', HTTP_400],
    ['as it refuses what makes it fail', HTTP_500],
    ['for its content', HTTP_422],
  ])('is set aside when it is refused %s and later ones are taken', async (_how, refusal) => {
    const story = await play((seq) => (seq === 12 ? refusal : TAKEN), eventsOf('a', 'b', 'c', 'd'));

    expect(story.taken).toEqual([13, 14, 15]);
    expect(story.last).toMatchObject({ outcome: 'idle', backlog: 0 });
    expect(story.last.notes).toEqual([
      expect.stringMatching(/^set aside main\/cn-hangzhou\/12 at 2026-.*: HTTP [45]/u),
    ]);
    expect(story.state).toMatchObject({ failures: 0, problem: null, stuck: null, ahead: [] });
    expect(story.state.setAside).toMatchObject([{ scope: SCOPE.key, seq: 12 }]);
  });

  it('is kept for a receiver that refuses everything: it is down', async () => {
    const story = await play(() => HTTP_400, eventsOf('a', 'b', 'c'));

    expect(story.last).toMatchObject({ backlog: 3, error: 'HTTP 400' });
    expect(story.state.setAside).toEqual([]);
  });

  it('is kept, in its order, while later ones are of the same instance', async () => {
    const story = await play((seq) => (seq === 12 ? HTTP_400 : TAKEN), eventsOf('a', 'a', 'a'));

    expect(story.taken).toEqual([]);
    expect(story.last).toMatchObject({ backlog: 3 });
  });

  it('lets no event pass an earlier one of the same instance', async () => {
    const story = await play(
      (seq) => (seq === 12 ? HTTP_400 : TAKEN),
      eventsOf('a', 'b', 'a', 'b', 'c'),
    );

    expect(story.taken.filter((seq) => [13, 15].includes(seq))).toEqual([13, 15]);
    expect(story.taken).toHaveLength(4);
    expect(story.taken.indexOf(14)).toBeGreaterThan(story.taken.indexOf(13));
  });

  it('is kept when only one other was taken: that may have been luck', async () => {
    const story = await play((seq) => (seq === 12 ? HTTP_400 : TAKEN), eventsOf('a', 'b'));

    expect(story.taken).toEqual([13]);
    expect(story.last).toMatchObject({ backlog: 2, error: 'HTTP 400' });
  });

  it('is delivered when its receiver takes it after all, and those that passed are not sent again', async () => {
    let minutes = 0;
    const story = await play(
      (seq) => (seq === 12 && minutes < 60 ? HTTP_400 : TAKEN),
      eventsOf('a', 'b'),
      (minute) => {
        minutes = minute;
      },
    );

    expect(story.taken).toEqual([13, 12]);
    expect(story.last).toMatchObject({ outcome: 'idle', backlog: 0 });
    expect(story.state).toMatchObject({ ahead: [], stuck: null, setAside: [] });
  });

  it('makes no false label, and none is missing where the answer to another was lost', async () => {
    let losses = 1;
    const story = await play(
      (seq) => {
        if (seq === 12) return HTTP_400;
        if (seq !== 13 || losses === 0) return TAKEN;
        losses -= 1;
        return LOST;
      },
      eventsOf('a', 'b', 'c', 'd'),
    );

    expect(story.state.setAside).toMatchObject([{ seq: 12 }]);
    const labelled = story.sent.filter(({ isRepeat }) => isRepeat).map(({ seq }) => seq);
    expect([...new Set(labelled)]).toEqual([13]);
    expect(story.taken).toEqual([13, 14, 15]);
  });

  it('labels another one, whose answer was lost, when that is sent again in its turn', async () => {
    let minutes = 0;
    const story = await play(
      (seq) => {
        if (seq === 12) return minutes < 30 ? HTTP_400 : TAKEN;
        return minutes < 30 ? LOST : TAKEN;
      },
      eventsOf('a', 'b'),
      (minute) => {
        minutes = minute;
      },
    );

    expect(story.taken).toEqual([12, 13]);
    expect(story.sent.at(-1)).toEqual({ seq: 13, isRepeat: true });
    expect(story.sent.find(({ seq }) => seq === 13)).toEqual({ seq: 13, isRepeat: false });
    expect(story.sent.some(({ seq, isRepeat }) => seq === 12 && isRepeat)).toBe(false);
  });

  it('is kept when its answers are lost: it may have been taken', async () => {
    const story = await play((seq) => (seq === 12 ? LOST : TAKEN), eventsOf('a', 'b', 'c'));

    expect(story.taken).toEqual([]);
    expect(story.last).toMatchObject({ backlog: 3 });
  });

  it('holds up a chat never: its digest without names holds nothing that differs', async () => {
    const chat = { style: 'digest' } as const;
    const story = await play(() => HTTP_422, eventsOf('a', 'b', 'c'), undefined, chat);

    expect(story.state).toMatchObject({ stuck: null, setAside: [], withoutUserText: true });
  });
});

/** Events of these instances, one each, from commit 12 on. */
function eventsOf(...instanceIds: readonly string[]): readonly Commit[] {
  return instanceIds.map((instanceId, index) => {
    const changes: readonly Change[] = [aChange({ instanceId })];
    return aCommit({ seq: 12 + index, atMs: NOW_MS + index, changes });
  });
}

/** Two hours of ticks over a receiver that answers each commit by its number. */
async function play(
  answer: (seq: number) => Outcome,
  commits: readonly Commit[],
  onMinute: (minute: number) => void = () => undefined,
  parts: Partial<Channel> = {},
) {
  const journal: MemoryJournal = memoryJournal();
  for (const commit of commits) await journal.append(commit);
  const taken: number[] = [];
  const sent: { readonly seq: number; readonly isRepeat: boolean }[] = [];
  const endpoint: TestChannel = aChannel('webhook', {
    style: 'commits',
    messagesPerMinute: Number.POSITIVE_INFINITY,
    send: async ({ commits: [commit], isRepeat }) => {
      const { seq } = commit ?? { seq: 0 };
      sent.push({ seq, isRepeat });
      const outcome = answer(seq);
      if (outcome.kind === 'delivered') taken.push(seq);
      return outcome;
    },
    ...parts,
  });
  const ends = [{ scope: SCOPE, lastSeq: 11 + commits.length, starts: { webhook: 11 }, made: [] }];
  let last: ChannelReport | undefined;
  for (let minute = 0; minute < TWO_HOURS; minute += 1) {
    onMinute(minute);
    const nowMs = NOW_MS + minute * MINUTE_MS;
    const run = aRun(`tick-${minute}`, nowMs);
    const state = await journal.channel('webhook');
    if (state !== undefined) run.memory.channels.set('webhook', state);
    last = await deliver(portsOver(journal, [endpoint], nowMs), run, endpoint, ends);
  }
  const state = await journal.channel('webhook');
  if (last === undefined || state === undefined) throw new Error('no tick was played');
  return { taken, sent, last, state };
}
