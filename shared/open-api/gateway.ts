import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import Gateway, { type InterceptorContext } from '@alicloud/gateway-spi';
import OpenApiUtil from '@alicloud/openapi-util';
import { read } from 'httpx';
import { readBody } from '../lib/read-body.ts';
import { USER_AGENT } from '../lib/user-agent.ts';
import type { Credentials } from '../ports/credentials.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A page of 100 instances with every detail has some 300 kB, and the report of a shard less. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const SIGNATURE_ALGORITHM = 'ACS3-HMAC-SHA256';

/** What a request has besides its query. */
export interface RequestContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * What the OpenAPI client does with one request and its answer.
 *
 * By itself, the client reads an answer without any bound, goes on reading it after its time, and
 * hides the headers of an error. A gateway is its own door for other ways. This one gives back
 * every answer as an `ApiAnswer`, with whatever status, of `MAX_ANSWER_BYTES` at most.
 */
export class SigningGateway extends Gateway {
  readonly #credentials: Credentials;
  readonly #content: RequestContent;
  /** Through its body the client's request can be ended at any stage, also where that is empty. */
  readonly #body: Readable;

  constructor(credentials: Credentials, content: RequestContent) {
    super();
    this.#credentials = credentials;
    this.#content = content;
    this.#body = new Readable({ read: pushAll(content.body), autoDestroy: false });
  }

  /** Ends the request and closes its connection, whether it connects, waits or reads. */
  abort(): void {
    this.#body.destroy(new Error('aborted'));
  }

  async modifyConfiguration(): Promise<void> {
    // The endpoint is set already.
  }

  async modifyRequest({ request, configuration }: InterceptorContext): Promise<void> {
    const { accessKeyId, accessKeySecret, securityToken } = this.#credentials;
    const { headers, body } = this.#content;
    const digest = createHash('sha256').update(body).digest('hex');
    request.headers = {
      ...headers,
      host: String(configuration.endpoint),
      accept: 'application/json',
      'user-agent': USER_AGENT,
      'content-length': String(body.length),
      'x-acs-version': request.version,
      'x-acs-action': request.action,
      'x-acs-date': OpenApiUtil.getTimestamp(),
      'x-acs-signature-nonce': randomUUID(),
      'x-acs-content-sha256': digest,
      ...(securityToken !== undefined && {
        'x-acs-accesskey-id': accessKeyId,
        'x-acs-security-token': securityToken,
      }),
    };
    request.headers.authorization = OpenApiUtil.getAuthorization(
      request as unknown as Parameters<typeof OpenApiUtil.getAuthorization>[0],
      SIGNATURE_ALGORITHM,
      digest,
      accessKeyId,
      accessKeySecret,
    );
    request.stream = this.#body;
  }

  async modifyResponse({ response }: InterceptorContext): Promise<void> {
    const message = response.body as IncomingMessage;
    response.deserializedBody = {
      status: message.statusCode ?? 0,
      headers: message.headers,
      text: await textIn(message),
    } satisfies ApiAnswer;
  }
}

function pushAll(body: Buffer): (this: Readable) => void {
  return function push() {
    if (body.length > 0) this.push(body);
    this.push(null);
  };
}

/**
 * The text of an answer, read through the client's own `read`. The client keeps a timer on the
 * connection that nothing else clears: left alone, it would go off in a later request.
 */
async function textIn(message: IncomingMessage): Promise<string> {
  const { socket, req } = message as IncomingMessage & { readonly req: unknown };
  // Unpacked already, so without the header that would have it unpacked once more.
  const bounded = Object.assign(Readable.from(wholeBody(message)), { headers: {}, socket, req });
  try {
    return String(await read(bounded as unknown as IncomingMessage, 'utf8'));
  } catch (error) {
    message.destroy();
    throw error;
  }
}

async function* wholeBody(message: IncomingMessage): AsyncGenerator<Buffer> {
  yield await readBody(message, MAX_ANSWER_BYTES);
}
