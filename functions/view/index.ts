import { randomUUID } from 'node:crypto';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import {
  corsOriginsIn,
  parseViewConfig,
  type ViewConfig,
  viewSecretsIn,
} from '../../shared/config/view.ts';
import { embeddedFile, type WatchFile } from '../../shared/config/watch-file.ts';
import type { Scope } from '../../shared/core/model.ts';
import { listedScopes } from '../../shared/core/target.ts';
import { callerOf } from '../../shared/fc/access.ts';
import type { FunctionContext } from '../../shared/fc/context.ts';
import { CredentialsError, findCredentials } from '../../shared/fc/credentials.ts';
import { type HttpResponse, parseHttpEvent, requestOf, responseOf } from '../../shared/fc/http.ts';
import { createLog } from '../../shared/lib/log.ts';
import { once } from '../../shared/lib/once.ts';
import { recent } from '../../shared/lib/recent.ts';
import { type Runtime, SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { type Redact, redactor } from '../../shared/lib/secrets.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { tablestoreAppender, tablestoreReader } from '../../shared/tablestore/journal.ts';
import { render } from '../../shared/view/core/render.ts';
import { errorReply, type Reply } from '../../shared/view/core/reply.ts';
import type { ViewPorts } from '../../shared/view/ports.ts';
import { queryMemory } from '../../shared/view/query-memory.ts';
import type { Readings } from '../../shared/view/reading.ts';
import { type ApiCall, apiCallIn } from '../../shared/view/replica/core/call.ts';
import { failureReply } from '../../shared/view/replica/core/encode.ts';
import { internalError, unavailable } from '../../shared/view/replica/core/failure.ts';
import { type ReplicaPorts, replica, replicaMemory } from '../../shared/view/replica/replica.ts';
import { stateMemory } from '../../shared/view/state-memory.ts';
import { view, viewWithoutPorts } from '../../shared/view/view.ts';
import { type ListMemory, watchedScopes } from '../../shared/view/watched-scopes.ts';
import { readPage } from './page-file.ts';

export type Handler = (event: Buffer, context: FunctionContext) => Promise<HttpResponse>;

/** Called for every HTTP request. */
export const handler = createHandler(process.env, (line) => process.stdout.write(`${line}\n`));

/** The view function for an environment, with its memory between requests. */
export function createHandler(
  environment: Environment,
  write: (line: string) => void,
  runtime: Runtime = SYSTEM_RUNTIME,
  file: WatchFile | undefined = embeddedFile(),
): Handler {
  const readings: Readings = new Map();
  const queries = queryMemory();
  const states = stateMemory();
  const list: ListMemory = {};
  const memory = replicaMemory();
  // The environment of a warm function does not change; the keys of its role do, every few hours.
  const settings = once(() => settingsFrom(parseViewConfig(environment, file)));
  const redactEnvironment = redactor(viewSecretsIn(environment));
  const redactors = recent<Redact>({ entries: 2, weight: 2, weightOf: () => 1 });

  return async (event, context) => {
    const startMs = runtime.now();
    const http = parseHttpEvent(event);
    const requestId = context.requestId ?? http.requestId ?? randomUUID();
    // A request may carry the token even when the configuration turns out to be broken.
    let redact = redactEnvironment;
    const request = requestOf(http, 'refused');
    const call = apiCallIn(request);
    let listProblem: string | undefined;
    let token: string | undefined;

    const serve = async () => {
      const { config, configured, replicaKey } = settings();
      const { secrets } = config;
      const credentials = await findCredentials(context);
      const keys = Object.values(credentials);
      redact = redactors(keys.join(), () => redactor([...secrets, ...keys]));
      const deadlineMs = startMs + timeForRequestMs(context);
      const options = { ...config.tablestore, credentials, runtime, redact, deadlineMs };
      const journal = tablestoreReader(options);
      const watched = await watchedScopes(journal, configured, startMs, list);
      listProblem = watched.problem;
      const ports: ViewPorts = {
        journal,
        scopes: watched.scopes,
        healthLimits: config.healthLimits,
        readings,
        queries,
        states,
        now: runtime.now,
        page: readPage,
        corsOrigins: config.corsOrigins,
        ...(config.withoutConsole && { withoutConsole: true }),
      };
      // A call is signed with a key of its own; the token of the view opens nothing there.
      if (call !== undefined) {
        return render(await replica({ ...ports, ...replicaKey, memory }, call, requestId), http);
      }
      const caller = callerOf(http.headers.get('authorization') ?? '', config);
      token = caller.token;
      const { access, author } = caller;
      if (author === undefined) return view(ports, { ...request, access });
      const notes = {
        journal: tablestoreAppender(options),
        limits: { runtime, deadlineMs },
        newId: () => `note-${randomUUID()}`,
      };
      return view({ ...ports, notes }, { ...request, access, author });
    };
    const answer = await serve().catch((error) => {
      const reply = broken(error);
      return call === undefined
        ? viewWithoutPorts(reply, request, corsOriginsIn(environment))
        : render(brokenCall(call, requestId, reply), http);
    });

    const accepted = http.headers.get('accept-encoding') ?? '';
    const response = responseOf(answer, { requestId, accepted });
    const { statusCode: status } = response;
    const { problem = listProblem } = answer;
    createLog(write, redact, runtime.now)[status < 500 ? 'info' : 'error']('request', {
      requestId,
      method: http.method,
      path: http.rawPath,
      token,
      status,
      ms: runtime.now() - startMs,
      problem,
    });
    return response;
  };
}

interface Settings {
  readonly config: ViewConfig;
  readonly configured: readonly Scope[];
  readonly replicaKey: Pick<ReplicaPorts, 'key' | 'account'>;
}

function settingsFrom(config: ViewConfig): Settings {
  const { replica: key, targets } = config;
  const account = key?.account;
  return {
    config,
    configured: listedScopes(targets),
    replicaKey: { ...(key !== undefined && { key }), ...(account !== undefined && { account }) },
  };
}

/** People stop waiting before that. The platform kills the function at its own timeout. */
const REQUEST_TIME_MS = 10_000;
const MAX_TIME_SHARE = 0.8;

function timeForRequestMs({ function: settings }: FunctionContext): number {
  if (settings?.timeout === undefined) return REQUEST_TIME_MS;
  return Math.min(REQUEST_TIME_MS, settings.timeout * 1000 * MAX_TIME_SHARE);
}

/** What is wrong goes to the log only: the caller has shown no token yet. */
function broken(error: unknown): Reply {
  if (error instanceof ConfigError || error instanceof CredentialsError) {
    const message = 'the view is not configured correctly: its log says what to change';
    return { ...errorReply(500, 'not-configured', message), problem: error.message };
  }
  if (error instanceof JournalError) {
    const message = 'the journal could not be read: the log of the view says why';
    return { ...errorReply(503, 'journal-unreadable', message), problem: reasonOf(error) };
  }
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    ...errorReply(500, 'unexpected', 'something unexpected went wrong: see the log'),
    problem,
  };
}

/** The same in the shape of ECS: clients of its API read no other. */
function brokenCall(call: ApiCall, requestId: string, { status, problem = '' }: Reply): Reply {
  const failure =
    status === 503
      ? { ...unavailable('the journal could not be read'), problem }
      : internalError(problem);
  return failureReply(call, requestId, failure);
}
