import type { Health } from '../core/health.ts';
import { ChainError } from '../core/journal.ts';
import { type Head, JournalError } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import { errorReply, type Reply } from './core/reply.ts';

/** The health of a scope. Where it cannot be read, its reason says so. */
export function healthIn(head: Head | undefined): Health | undefined {
  const lost = head?.unreadable?.health;
  if (head === undefined || lost === undefined) return head?.health;
  return { ...head.health, reason: reasonOf(lost.error) };
}

/** @throws anything that is not a storage failure: that is a bug. */
export function unreadableReply(error: unknown): Reply {
  const problem = storageProblem(error);
  const message = `the journal could not be read: ${problem}`;
  return { ...errorReply(503, 'journal-unreadable', message), problem };
}

/** @throws anything that is not a storage failure: that is a bug. */
export function storageProblem(error: unknown): string {
  if (error instanceof JournalError || error instanceof ChainError) return reasonOf(error);
  throw error;
}
