import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EcsAnswer } from '../ecs/answer.ts';
import { failure, success } from '../ecs/answer.ts';
import { ApiError, apiNotFound, internalError } from '../ecs/errors.ts';
import { type ApiCall, readCall } from '../ecs/request.ts';
import { requestIds } from '../ecs/request-id.ts';
import { signatureVerifier } from '../ecs/signature/verify.ts';
import { type LocalServer, listen } from '../server.ts';
import type { AccessKey } from '../signature/access-key.ts';
import type { Directory } from './directory.ts';
import { assumeRole } from './operations/assume-role.ts';

export interface StsOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** The keys that may assume roles. */
  readonly accessKeys: readonly AccessKey[];
  readonly directory: Directory;
  readonly seed?: number;
}

export interface StsServer extends LocalServer {
  /** Adds and removes roles while the server runs. */
  readonly directory: Directory;
  /** Calls of AssumeRole so far, whatever was answered. */
  readonly calls: number;
}

const API_VERSION = '2015-04-01';

/** An STS endpoint on the loopback address. */
export async function startSts(options: StsOptions): Promise<StsServer> {
  const { accessKeys, directory, port = 0, seed = 1 } = options;
  const verify = signatureVerifier(() => accessKeys, Date.now);
  const nextRequestId = requestIds(seed);
  let calls = 0;

  const answerTo = (call: ApiCall): EcsAnswer => {
    const requestId = nextRequestId();
    try {
      const isKnown = call.action === 'AssumeRole' && call.version === API_VERSION;
      if (!isKnown || call.path !== '/') throw apiNotFound();
      calls += 1;
      verify(call);
      return success(call, requestId, assumeRole(call, directory));
    } catch (cause) {
      const error = cause instanceof ApiError ? cause : internalError(cause);
      return failure(call, requestId, error, 'Sts');
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, headers, text } = answerTo(await readCall(request));
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
  };

  return {
    ...(await listen(handle, port)),
    directory,
    get calls() {
      return calls;
    },
  };
}
