/** Where progress is shown: a terminal's standard error. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Sooner than that, a user does not wonder whether the command still works. */
const SILENT_SECONDS = 2;
/** Back to the start of the line, and clear it. */
const CLEAR = '\r\u001b[K';

/**
 * Does the work, and shows on a terminal what takes longer than two seconds, and for how long
 * already. Work that prints something meanwhile calls `clear` first.
 */
export async function withProgress<T>(
  what: () => string,
  work: (clear: () => void) => Promise<T>,
  screen: Screen = process.stderr,
): Promise<T> {
  let seconds = 0;
  const clear = (): void => {
    if (screen.isTTY === true && seconds >= SILENT_SECONDS) screen.write(CLEAR);
  };
  const show = (): void => {
    seconds += 1;
    if (seconds >= SILENT_SECONDS) screen.write(`${CLEAR}${what()} … ${seconds} s`);
  };
  const timer = screen.isTTY === true ? setInterval(show, 1_000) : undefined;
  try {
    return await work(clear);
  } finally {
    clearInterval(timer);
    clear();
  }
}
