import { backoffMs } from './backoff.ts';
import type { Runtime } from './runtime.ts';

/** Attempts at one write whose outcome stays unknown, and the first pause between them. */
const MAX_WRITE_ATTEMPTS = 5;
const FIRST_WRITE_PAUSE_MS = 100;

/** A conditional write, and a way to find out what became of it. */
export interface OnceWrite {
  /** `done`, or `taken` when the row was not as expected. Throws every other failure. */
  readonly write: () => Promise<'done' | 'taken'>;
  /** Which row is stored now; `absent`: the row is still as the write expects it. */
  readonly readBack: () => Promise<'ours' | 'theirs' | 'absent'>;
  /** Does this error mean that the write may or may not have been applied? */
  readonly isUnknown: (error: unknown) => boolean;
}

/** A clock, and the time after which nothing is tried again. */
export interface Limits {
  readonly runtime: Runtime;
  readonly deadlineMs: number;
}

/**
 * Does a conditional write once. A write whose answer was lost may have been applied, at once or
 * later. A second attempt would fail on the success of the first and look like a write of another
 * process. So the row is read back before the write is sent again.
 */
export async function writeOnce(
  { write, readBack, isUnknown }: OnceWrite,
  { runtime, deadlineMs }: Limits,
): Promise<'done' | 'taken'> {
  for (let attempt = 1; ; attempt += 1) {
    let lost: { readonly error: unknown } | undefined;
    try {
      const result = await write();
      if (result === 'done' || attempt === 1) return result;
    } catch (error) {
      if (!isUnknown(error)) throw error;
      lost = { error };
    }
    const stored = await readBack();
    if (stored !== 'absent') return stored === 'ours' ? 'done' : 'taken';
    const waitMs = backoffMs(FIRST_WRITE_PAUSE_MS, attempt, runtime.random);
    if (attempt === MAX_WRITE_ATTEMPTS || runtime.now() + waitMs >= deadlineMs) {
      if (lost === undefined) return 'taken';
      throw lost.error;
    }
    await runtime.sleep(waitMs);
  }
}
