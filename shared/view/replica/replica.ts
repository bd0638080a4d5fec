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
import { pageOf } from './core/listing.ts';
import { parseStatusQuery } from './core/status-query.ts';
import type { Body } from './core/xml.ts';
import { type NonceMemory, nonceMemory } from './nonces.ts';
import { type Listings, readListing } from './read-listing.ts';
import { NONCE_LIFETIME_MS, type ReplicaKey, verify } from './verify.ts';

/** What a warm function remembers. Losing it costs a read, and a replay that is not recognised. */
export interface ReplicaMemory {
  readonly isNewNonce: NonceMemory;
  readonly listings: Listings;
}

export function replicaMemory(): ReplicaMemory {
  return { isNewNonce: nonceMemory(NONCE_LIFETIME_MS), listings: new Map() };
}

export interface ReplicaPorts extends ViewPorts {
  /** Absent: the replica is switched off. */
  readonly key?: ReplicaKey;
  readonly memory: ReplicaMemory;
}

/** Answers a call of the ECS API from the journal: DescribeInstanceStatus, as ECS itself does. */
export async function replica(
  ports: ReplicaPorts,
  call: ApiCall,
  requestId: string,
): Promise<Reply> {
  const answer = await answerTo(ports, call).catch(unreadable);
  return isFailure(answer)
    ? failureReply(call, requestId, answer)
    : successReply(call, requestId, answer);
}

/** The only operation of the only version. */
const ACTION = 'DescribeInstanceStatus';
const VERSION = '2014-05-26';

async function answerTo(ports: ReplicaPorts, call: ApiCall): Promise<Body | Failure> {
  const { key, memory, scopes, now } = ports;
  if (key === undefined) return SWITCHED_OFF;
  if (call.method !== 'GET' && call.method !== 'POST') return UNSUPPORTED_METHOD;
  if (call.action !== ACTION || call.version !== VERSION) return API_NOT_FOUND;
  const refused = verify(call, key, memory.isNewNonce, now());
  if (refused !== undefined) return refused;
  const regionIds = new Set(scopes.map(({ regionId }) => regionId));
  const query = parseStatusQuery(call.parameters, regionIds);
  if (isFailure(query)) return query;
  const listing = await readListing(ports, memory.listings, query.regionId);
  return isFailure(listing) ? listing : pageOf(listing, query);
}

/** @throws anything that is not a storage failure: that is a bug. */
function unreadable(error: unknown): Failure {
  return unavailable(`the journal could not be read: ${storageProblem(error)}`);
}
