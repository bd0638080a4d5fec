import type { Answer, Client } from 'tablestore';
import { backoffMs } from '../lib/backoff.ts';
import { within } from '../lib/deadline.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import { type RequestFailure, requestFailure, toJournalError } from './failure.ts';

/** The operations of the SDK's client that the journal uses. */
export type Operation =
  | 'createTable'
  | 'getRow'
  | 'batchGetRow'
  | 'putRow'
  | 'updateRow'
  | 'deleteRow'
  | 'getRange';

/** The client of the SDK, as far as the journal uses it. */
export type Operations = Pick<Client, Operation>;

/** What may be done when the answer to a request is lost. */
export type Kind =
  /** Reads, and writes that leave the same rows when they are done twice. */
  | 'repeatable'
  /** A second attempt could not distinguish its own first success from that of another process. */
  | 'once';

/**
 * Sends requests through the SDK with deadlines and retries of our own, because the SDK's do not
 * work: its retry policy compares codes that it has not parsed. `transport.ts` ends each request.
 */
export interface Caller {
  /**
   * `giveUpMs`: an earlier end of all its attempts than the deadline.
   * @throws {JournalError} `unknown` only for `once`.
   */
  call(operation: Operation, kind: Kind, parameters: object, giveUpMs?: number): Promise<Answer>;
  /** Capacity units charged so far. */
  readonly units: { readonly read: number; readonly write: number };
}

export interface CallerOptions {
  /** The end of all attempts and pauses. */
  readonly deadlineMs: number;
  readonly runtime: Runtime;
  /** Takes secrets out of what Tablestore answers. */
  readonly redact: Redact;
  /** Asked once when a table is missing; afterwards the request is tried again. */
  readonly createTables?: () => Promise<void>;
}

/** One attempt. An ordinary one takes milliseconds; a checkpoint part of a megabyte, a second. */
export const ATTEMPT_TIMEOUT_MS = 5_000;
const MAX_TRIES = 5;
const RETRY_PAUSE_MS = 100;
/** A table that was just created may need a minute. Source: Tablestore "CreateTable". */
const NEW_TABLE_PAUSE_MS = 1_000;

/** How long an attempt that begins now may take. */
export function attemptTimeoutMs({
  deadlineMs,
  runtime,
}: Pick<CallerOptions, 'deadlineMs' | 'runtime'>): number {
  return Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, deadlineMs - runtime.now()));
}

/** `client` is asked for at every attempt. */
export function createCaller(client: () => Operations, options: CallerOptions): Caller {
  const { deadlineMs, runtime, redact, createTables } = options;
  const units = { read: 0, write: 0 };
  let created: Promise<void> | undefined;

  async function call(
    operation: Operation,
    kind: Kind,
    parameters: object,
    giveUpMs = deadlineMs,
  ): Promise<Answer> {
    const endMs = Math.min(deadlineMs, giveUpMs);
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await attempt(operation, parameters, endMs);
        charge(answer);
        return answer;
      } catch (error) {
        const failure = requestFailure(error, redact);
        if (failure.code === 'OTSConditionCheckFail') chargeFailedCondition();
        const isMissing = failure.code === 'OTSObjectNotExist';
        if (isMissing && createTables !== undefined && created === undefined) {
          created = createTables();
        } else if (!mayRepeat(failure, kind, tries)) {
          throw toJournalError(failure, kind === 'once');
        }
        await created;
        await pause(failure, tries, kind, endMs);
      }
    }
  }

  function attempt(operation: Operation, parameters: object, endMs: number): Promise<Answer> {
    const timeoutMs = attemptTimeoutMs({ runtime, deadlineMs: endMs });
    const late = () => new Error(`no answer within ${timeoutMs} ms`);
    return within(runtime, timeoutMs, client()[operation](parameters), late);
  }

  function mayRepeat(failure: RequestFailure, kind: Kind, tries: number): boolean {
    if (kind === 'once' && !failure.isCertain) return false;
    if (created !== undefined && isNotReady(failure)) return true;
    return failure.mayPass && tries < MAX_TRIES;
  }

  async function pause(
    failure: RequestFailure,
    tries: number,
    kind: Kind,
    endMs: number,
  ): Promise<void> {
    const waitMs = isNotReady(failure)
      ? NEW_TABLE_PAUSE_MS * (0.1 + 0.1 * Math.min(tries, 9))
      : backoffMs(RETRY_PAUSE_MS, tries, runtime.random);
    if (runtime.now() + waitMs >= endMs) throw toJournalError(failure, kind === 'once');
    await runtime.sleep(Math.ceil(waitMs));
  }

  function charge({ consumed, tables = [] }: Answer): void {
    for (const unit of [consumed, ...tables.flat()].map((charged) => charged?.capacityUnit)) {
      if (typeof unit !== 'object') continue;
      units.read += unit.read ?? 0;
      units.write += unit.write ?? 0;
    }
  }

  /** The error does not say so, but the check is charged. Source: "Capacity units". */
  function chargeFailedCondition(): void {
    units.read += 1;
    units.write += 1;
  }

  return { call, units };
}

function isNotReady({ code }: RequestFailure): boolean {
  return ['OTSObjectNotExist', 'OTSTableNotReady', 'OTSPartitionUnavailable'].includes(code);
}
