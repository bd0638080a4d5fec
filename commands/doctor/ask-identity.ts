import { parseJson } from '../../shared/core/json.ts';
import { endpointOf, STS_ENDPOINT } from '../../shared/ecs/endpoint.ts';
import { networkFailure, refusalOf } from '../../shared/ecs/failure.ts';
import { send, TimeoutError } from '../../shared/open-api/send.ts';
import type { InventoryError } from '../../shared/ports/inventory.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import type { IdentityAnswer } from './core/identity.ts';
import { ASK_TIMEOUT_MS, type Looking } from './looking.ts';

/** Version of the STS API. https://api.aliyun.com/document/Sts/2015-04-01/overview */
const API_VERSION = '2015-04-01';
const STS = { name: 'STS', advice: new Map<string, string>() };

/** Whose the key is, and what the time is at the service: by a call that every key may make. */
export async function askIdentity({
  environment,
  credentials,
  runtime,
  redact,
}: Pick<Looking, 'environment' | 'credentials' | 'runtime' | 'redact'>): Promise<IdentityAnswer> {
  const override = environment.STS_ENDPOINT || undefined;
  const endpoint = endpointOf('', override ?? STS_ENDPOINT);
  const { host } = endpoint;
  const refused = (error: InventoryError, clockAheadMs: number | null): IdentityAnswer => ({
    host,
    identity: null,
    code: error.code,
    reason: reasonOf(error),
    clockAheadMs,
  });
  const call = {
    endpoint,
    version: API_VERSION,
    action: 'GetCallerIdentity',
    query: {},
    credentials,
    timeoutMs: ASK_TIMEOUT_MS,
  };
  try {
    // A kept connection may end just when it is used. The question changes nothing: it is put again.
    const answer = await send(call, runtime).catch((error) => {
      if (error instanceof TimeoutError) throw error;
      return send(call, runtime);
    });
    const saidMs = Date.parse(answer.headers.date ?? '');
    const clockAheadMs = Number.isNaN(saidMs) ? null : saidMs - runtime.now();
    if (answer.status >= 400) return refused(refusalOf(STS, answer, redact), clockAheadMs);
    const { AccountId, Arn } = Object(parseJson(answer.text)) as Record<string, unknown>;
    const identity = { accountId: String(AccountId), arn: String(Arn) };
    return { host, identity, clockAheadMs };
  } catch (error) {
    return refused(networkFailure(error, `${host} (STS_ENDPOINT)`, STS.name), null);
  }
}
