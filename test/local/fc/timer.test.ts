import { type LogLine, startTimer, type Timer } from '../../../local/fc/index.ts';
import { openWorkshop, type Workshop } from './helpers.ts';

// Prints each event that it is invoked with, and its retry count; fails when its payload says so.
const RECORDER = `
  exports.handler = (event, { retryCount }) => {
    console.log(JSON.stringify({ event: JSON.parse(event), retryCount }));
    if (event.includes('fail')) throw new Error('as asked');
  };`;

let workshop: Workshop;
let timers: Timer[];

beforeEach(() => {
  workshop = openWorkshop();
  timers = [];
});

afterEach(async () => {
  for (const timer of timers) timer.close();
  await workshop.close();
});

interface Recorded {
  event: { triggerTime: string; triggerName: string; payload: string };
  retryCount: number;
}

function recorded(): Recorded[] {
  const printed = workshop.lines.filter(({ stream }) => stream === 'stdout');
  return printed.map(({ text }) => JSON.parse(text));
}

function dropped(): string[] {
  const lines = workshop.lines.filter(({ stream }) => stream === 'platform');
  return lines.map(({ text }) => text).filter((text) => text.includes('dropped'));
}

async function setUp(
  cron: string,
  { payload, ...options }: { payload?: string } & Parameters<Workshop['deploy']>[1] = {},
  platform: Parameters<Workshop['deploy']>[2] = {},
) {
  const target = await workshop.deploy(RECORDER, options, platform);
  const { clock } = workshop;
  const timer = startTimer({
    target,
    cron,
    triggerName: 'every-minute',
    clock,
    ...(payload === undefined ? {} : { payload }),
  });
  timers.push(timer);
  return {
    async pass(ms: number) {
      clock.advance(ms);
      timer.check();
      await target.drain();
    },
  };
}

it('invokes its target with the event of a timer', async () => {
  const time = await setUp('@every 1m', { payload: '{"scope":"main"}' });

  await time.pass(60_000);

  expect(recorded()).toEqual([
    {
      event: {
        triggerTime: '2026-11-22T10:01:00Z',
        triggerName: 'every-minute',
        payload: '{"scope":"main"}',
      },
      retryCount: 0,
    },
  ]);
});

it('fires neither early nor twice', async () => {
  const time = await setUp('@every 1m');

  await time.pass(59_999);
  expect(recorded()).toHaveLength(0);
  await time.pass(1);
  await time.pass(1);
  expect(recorded()).toHaveLength(1);
});

it('fires by a cron expression in UTC', async () => {
  const time = await setUp('30 */2 * * * *');

  await time.pass(5 * 60_000);

  expect(
    recorded()
      .map(({ event }) => event.triggerTime)
      .toSorted(),
  ).toEqual(['2026-11-22T10:00:30Z', '2026-11-22T10:02:30Z', '2026-11-22T10:04:30Z']);
});

it('lets a tick over the concurrency wait in the queue, a little longer every time', async () => {
  const time = await setUp('0 * * * * *', { reservedConcurrency: 1 });

  await time.pass(3 * 60_000);
  expect(recorded()).toHaveLength(1);
  await time.pass(500);
  expect(recorded()).toHaveLength(2);
  await time.pass(999);
  expect(recorded()).toHaveLength(2);
  await time.pass(1);
  expect(recorded()).toHaveLength(3);
});

it('drops a tick that waited for too long', async () => {
  const time = await setUp('@every 1m', {
    reservedConcurrency: 0,
    maxAsyncEventAgeInSeconds: 10,
  });

  await time.pass(60_000);
  for (let seconds = 0; seconds < 10; seconds += 1) await time.pass(1_000);
  expect(dropped()).toEqual([]);
  for (let seconds = 0; seconds < 10; seconds += 1) await time.pass(1_000);
  expect(dropped()).toEqual([expect.stringContaining('it waited for more than 10 s')]);
});

it('counts the age of a tick from its trigger time, so a sleeping laptop wakes to one tick', async () => {
  const time = await setUp('@every 1m', { maxAsyncEventAgeInSeconds: 59 });

  await time.pass(60 * 60_000);

  expect(recorded().map(({ event }) => event.triggerTime)).toEqual(['2026-11-22T11:00:00Z']);
  expect(dropped()).toHaveLength(59);
});

it('tries a failed tick again with a growing delay, and passes the retry count to the handler', async () => {
  const time = await setUp('@every 1h', { payload: 'fail', maxAsyncRetryAttempts: 2 });

  await time.pass(60 * 60_000);
  await time.pass(499);
  expect(recorded().map(({ retryCount }) => retryCount)).toEqual([0]);
  await time.pass(1);
  await time.pass(1_000);
  await time.pass(60_000);

  expect(recorded().map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
  expect(dropped()).toEqual([expect.stringContaining('it failed 3 times')]);
});

it('does not try again when no retry is configured', async () => {
  const time = await setUp('@every 1h', { payload: 'fail', maxAsyncRetryAttempts: 0 });

  await time.pass(60 * 60_000);
  await time.pass(60_000);

  expect(recorded()).toHaveLength(1);
});

it('may deliver a tick twice, because the real queue is at-least-once', async () => {
  const time = await setUp('@every 1m', {}, { duplicateProbability: 1 });

  await time.pass(60_000);

  const [first, second, ...others] = recorded();
  expect(first?.event).toEqual(second?.event);
  expect(others).toEqual([]);
});

it('fires by itself when its clock says so', async () => {
  const { clock } = workshop;
  let onLog = (_line: LogLine): void => undefined;
  const firstLine = new Promise<LogLine>((resolve) => {
    onLog = resolve;
  });
  const target = await workshop.deploy(RECORDER, {}, { onLog });
  timers.push(startTimer({ target, cron: '@every 1m', triggerName: 'alone', clock }));

  clock.advance(60_000);

  const { text } = await firstLine;
  expect(JSON.parse(text)).toMatchObject({ event: { triggerName: 'alone' } });
});

it('fires what was due when it looked, though its clock runs on meanwhile', async () => {
  let nowMs = workshop.clock.now();
  const endMs = nowMs + 100 * 60_000;
  const clock = {
    now: () => {
      if (nowMs < endMs) nowMs += 60_000;
      return nowMs;
    },
  };
  const target = await workshop.deploy(RECORDER, { reservedConcurrency: 0 });
  const enqueue = jest.spyOn(target, 'enqueue');
  const timer = startTimer({ target, cron: '@every 1m', triggerName: 'fast', clock });
  timers.push(timer);

  timer.check();

  expect(enqueue).toHaveBeenCalledTimes(1);
});
