import { isoTime } from '../../core/time.ts';
import { freshnessHeaders } from '../core/freshness.ts';
import type { Reply } from '../core/reply.ts';
import type { ViewPorts } from '../ports.ts';
import { storageProblem } from '../unreadable.ts';
import type { ApiCall } from './core/call.ts';
import { failureReply, successReply } from './core/encode.ts';
import {
  API_NOT_FOUND,
  type Failure,
  isFailure,
  SWITCHED_OFF,
  UNSUPPORTED_METHOD,
  unavailable,
} from './core/failure.ts';
import { momentOf } from './core/minute.ts';
import { parseStatusQuery } from './core/status-query.ts';
import type { Body } from './core/xml.ts';
import { type NonceMemory, nonceMemory } from './nonces.ts';
import { type RowsMemory, readMinuteRows, rowsMemory } from './read-rows.ts';
import { NONCE_LIFETIME_MS, type ReplicaKey, verify } from './verify.ts';

/** What a warm function remembers. Losing it costs a read, and a replay that is not recognised. */
export interface ReplicaMemory {
  readonly isNewNonce: NonceMemory;
  readonly rows: RowsMemory;
}

export function replicaMemory(): ReplicaMemory {
  return { isNewNonce: nonceMemory(NONCE_LIFETIME_MS), rows: rowsMemory() };
}

export interface ReplicaPorts extends ViewPorts {
  /** Absent: the replica is switched off. */
  readonly key?: ReplicaKey;
  /** The account that the key stands for. Absent: all that are watched, as one. */
  readonly account?: string;
  readonly memory: ReplicaMemory;
}

/** Answers a call of the ECS API from the journal: DescribeInstanceStatus, as ECS itself does. */
export async function replica(
  ports: ReplicaPorts,
  call: ApiCall,
  requestId: string,
): Promise<Reply> {
  const answer = await answerTo(ports, call).catch(unreadableFailure);
  if (isFailure(answer)) return failureReply(call, requestId, answer);
  const { body, momentMs } = answer;
  const ageSeconds = Math.floor((ports.now() - momentMs) / 1000);
  const headers = freshnessHeaders({ asOf: isoTime(momentMs), ageSeconds, stale: false });
  return { ...successReply(call, requestId, body), headers };
}

/** The only operation of the only version. */
const ACTION = 'DescribeInstanceStatus';
const VERSION = '2014-05-26';

interface Answer {
  readonly body: Body;
  readonly momentMs: number;
}

async function answerTo(ports: ReplicaPorts, call: ApiCall): Promise<Answer | Failure> {
  const { key, memory, account, now } = ports;
  if (key === undefined) return SWITCHED_OFF;
  if (call.method !== 'GET' && call.method !== 'POST') return UNSUPPORTED_METHOD;
  if (call.action !== ACTION || call.version !== VERSION) return API_NOT_FOUND;
  const refused = verify(call, key, memory.isNewNonce, now());
  if (refused !== undefined) return refused;
  const scopes =
    account === undefined
      ? ports.scopes
      : ports.scopes.filter((scope) => scope.account === account);
  const regionIds = new Set(scopes.map(({ regionId }) => regionId));
  const query = parseStatusQuery(call.parameters, regionIds);
  if (isFailure(query)) return query;
  const read = await readMinuteRows({ ...ports, scopes }, memory.rows, query.regionId);
  if (isFailure(read)) return read;
  const body = read.pages(read.rows, query);
  return isFailure(body) ? body : { body, momentMs: momentOf(read.minute) };
}

/** @throws anything that is not a storage failure: that is a bug. */
function unreadableFailure(error: unknown): Failure {
  return unavailable(`the journal could not be read: ${storageProblem(error)}`);
}
