import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import type { FaultPlan } from '../faults/plan.ts';
import type { Random } from '../random.ts';
import { readBody, resetConnection } from '../server.ts';
import type { TablestoreAccess } from './access.ts';
import type { Engine } from './engine/engine.ts';
import { parameterInvalid, serviceError, statusOf, TablestoreError } from './errors.ts';
import type { TablestoreFault } from './faults/fault.ts';
import { faultsOfRequest } from './faults/request-faults.ts';
import { OPERATIONS } from './operations/index.ts';
import { answerHeaders } from './protocol/answer-headers.ts';
import { errorMessage } from './protocol/messages.ts';
import { type ArrivedRequest, checkRequest } from './protocol/request-checks.ts';
import { type Signer, signerOf } from './protocol/signature.ts';

/** What a request is served with. */
export interface Service {
  readonly engine: Engine;
  readonly faults: FaultPlan<TablestoreFault>;
  /** Of the faults. */
  readonly random: Random;
  readonly access: TablestoreAccess;
  /** Aborted when the server closes: no client waits for an answer any more. */
  readonly closing: AbortSignal;
}

/** An answer, or that the client gets none. */
type Reply = { readonly status: number; readonly body: Buffer } | 'lost';

/**
 * A body is read to its end, far past the limit of the service: a client that is cut off while it sends would see a
 * broken connection instead of OTSRequestBodyTooLarge.
 */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** From an HTTP request to its answer. */
export function httpHandler(service: Service) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await receive(incoming);
    const signer = signerOf(service.access, request.headers);
    const reply = await serve(service, request, signer);
    if (reply === 'lost') resetConnection(response);
    else sendReply(response, reply, request.operation, signer);
  };
}

async function receive(incoming: IncomingMessage): Promise<ArrivedRequest> {
  const { method, headers, url = '/' } = incoming;
  const [path = '/'] = url.split('?', 1);
  return {
    method,
    headers,
    operation: path.slice(1),
    body: await readBody(incoming, MAX_READ_BYTES),
  };
}

async function serve(
  service: Service,
  request: ArrivedRequest,
  signer: Signer | undefined,
): Promise<Reply> {
  try {
    // The SDKs date their requests by the machine's clock, whatever the clock of the data.
    const { accessKeyId } = checkRequest(request, signer, service.access, systemClock.now());
    return await perform(service, request, accessKeyId);
  } catch (cause) {
    return refusalOfCause(cause);
  }
}

async function perform(
  service: Service,
  request: ArrivedRequest,
  accessKeyId: string,
): Promise<Reply> {
  const { engine, closing, access } = service;
  const name = request.operation;
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined) throw parameterInvalid(`Unsupported operation: ${name}.`);
  engine.usage.countRequest(name);
  const faults = faultsOfRequest(service.faults, name, service.random);
  if (faults.latencyMs > 0) await delay(faults.latencyMs, closing);
  if (faults.instead === 'reset' || closing.aborted) return 'lost';
  if (faults.instead instanceof TablestoreError) throw faults.instead;
  const checkAccess = (table: string): void => {
    if (!access.may(accessKeyId, name, table)) throw serviceError('OTSNoPermissionAccess');
  };
  const body = await operation.perform({ engine, faults, checkAccess }, request.body);
  return faults.instead === 'lost-answer' ? 'lost' : { status: 200, body };
}

async function delay(ms: number, closing: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal: closing }).catch(() => undefined);
}

function refusalOfCause(cause: unknown): Reply {
  const { code, message } = cause instanceof TablestoreError ? cause : defect(cause);
  return { status: statusOf(code), body: errorMessage.encode({ code, message }) };
}

/** A defect of this server or of its disk. The client gets what the service would send; the log gets the cause. */
function defect(cause: unknown): TablestoreError {
  process.emitWarning(cause instanceof Error ? cause : new Error(String(cause)));
  return serviceError('OTSInternalServerError');
}

function sendReply(
  response: ServerResponse,
  { status, body }: Exclude<Reply, 'lost'>,
  operation: string,
  signer: Signer | undefined,
): void {
  const headers = answerHeaders(signer, operation, body);
  headers.push('Content-Length', String(body.length));
  response.writeHead(status, headers);
  response.end(body);
}
