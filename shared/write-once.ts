import { JournalError, type World } from './ports.ts';

/** Tries at one write whose outcome stays unknown, and the first pause between them. */
const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

/** A conditional write, and a look at what became of it. */
export interface OnceWrite {
  /** `done`, or `taken` where the row was not as expected. @throws {JournalError} */
  readonly write: () => Promise<'done' | 'taken'>;
  /** Whose row stands there now; `nobody`: it is still as the write expects it. */
  readonly whose: () => Promise<'mine' | 'another' | 'nobody'>;
}

/** The time of a tick, and until when it goes on. */
export interface Limits {
  readonly world: World;
  readonly deadlineMs: number;
}

/**
 * Does a conditional write once. One whose answer was lost may have been applied, at once or later;
 * sent again it would then fail and look like somebody else's win. So after a lost answer the row
 * is read back before anything is sent again.
 */
export async function writeOnce(
  { write, whose }: OnceWrite,
  { world, deadlineMs }: Limits,
): Promise<'done' | 'taken'> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await outcomeOf(write);
    if (result === 'done' || (result === 'taken' && attempt === 1)) return result;
    const owner = await whose();
    if (owner !== 'nobody') return owner === 'mine' ? 'done' : 'taken';
    const waitMs = Math.ceil(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + world.random()));
    if (attempt === MAX_ATTEMPTS || world.now() + waitMs >= deadlineMs) {
      if (result === 'taken') return result;
      throw result;
    }
    await world.sleep(waitMs);
  }
}

async function outcomeOf(write: OnceWrite['write']): Promise<'done' | 'taken' | JournalError> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof JournalError && error.kind === 'unknown') return error;
    throw error;
  }
}
