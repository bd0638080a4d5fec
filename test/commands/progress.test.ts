import { withProgress } from '../../commands/progress.ts';

/** Not the one of node:timers/promises, whose time Jest cannot move. */
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A screen that keeps what was written to it. */
function screenOf(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe('the progress of a command', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is shown on a terminal after two seconds, and cleared at the end', async () => {
    const screen = screenOf(true);

    const work = withProgress(
      () => 'Reading',
      () => sleep(4_500),
      screen,
    );
    await jest.advanceTimersByTimeAsync(1_900);
    const early = screen.written.join('');
    await jest.advanceTimersByTimeAsync(2_600);
    await work;

    expect(early).toBe('');
    expect(screen.written.map((text) => text.replace('\r\u001b[K', '<'))).toEqual([
      ...['<Reading … 2 s', '<Reading … 3 s', '<Reading … 4 s'],
      '<',
    ]);
  });

  it('is not shown where there is no terminal, nor for what is quick', async () => {
    const [pipe, terminal] = [screenOf(false), screenOf(true)];

    const slow = withProgress(
      () => 'Reading',
      () => sleep(9_000),
      pipe,
    );
    const quick = withProgress(
      () => 'Reading',
      () => sleep(1_500),
      terminal,
    );
    await jest.advanceTimersByTimeAsync(9_000);
    await Promise.all([slow, quick]);

    expect([...pipe.written, ...terminal.written]).toEqual([]);
  });

  it('ends with work that fails', async () => {
    const screen = screenOf(true);

    const work = withProgress(
      () => 'Reading',
      async () => {
        await sleep(2_500);
        throw new Error('no');
      },
      screen,
    );
    const failed = expect(work).rejects.toThrow('no');
    await jest.advanceTimersByTimeAsync(60_000);
    await failed;

    expect(screen.written.at(-1)).toBe('\r\u001b[K');
    expect(screen.written).toHaveLength(2);
  });
});
