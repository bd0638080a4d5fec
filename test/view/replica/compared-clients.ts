import Ecs, { DescribeInstanceStatusRequest } from '@alicloud/ecs20140526';
import type { AccessKey } from '../../../local/ecs/index.ts';
import { type Call, configOf, type Endpoint, openApi, popCore } from '../../local/ecs/clients.ts';
import type { StatusParameters } from './compared-queries.ts';
import { libcloudParameters } from './helpers.ts';

/** What a client makes of an answer: every field of it that both servers must agree about. */
export type Outcome = Page | Refusal;

export interface Page {
  readonly kind: 'page';
  readonly fields: readonly string[];
  readonly pageNumber: unknown;
  readonly pageSize: unknown;
  readonly totalCount: unknown;
  readonly rows: readonly string[];
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly fields: readonly string[];
  readonly status: unknown;
  readonly code: unknown;
  readonly message: unknown;
  readonly isHostNamed: boolean;
}

export type Client = (
  endpoint: Endpoint,
  key: AccessKey,
  parameters: StatusParameters,
) => Promise<Outcome>;

/** The official clients with each of their signatures, and requests as libcloud sends them. */
export const CLIENTS: Readonly<Record<string, Client>> = {
  'ecs20140526, ACS3': generated({}),
  'ecs20140526, V1': generated({ signatureAlgorithm: 'v2' }),
  'openapi-client, ACS3': calling((endpoint, key) => openApi(endpoint, key)),
  'openapi-client, V1': calling((endpoint, key) =>
    openApi(endpoint, key, { signatureAlgorithm: 'v2' }),
  ),
  'pop-core, GET': calling((endpoint, key) => popCore(endpoint, 'GET', key)),
  'pop-core, POST': calling((endpoint, key) => popCore(endpoint, 'POST', key)),
  'libcloud, GET': libcloud('GET'),
  'libcloud, POST': libcloud('POST'),
};

/** Those that put all parameters into the body. Longer addresses would not pass Function Compute. */
export const BODY_CLIENTS = ['pop-core, POST', 'libcloud, POST'];

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by the tests, not by the compiler.
type Any = any;

function generated(settings: Parameters<typeof configOf>[2]): Client {
  return async (endpoint, key, parameters) => {
    const instanceId = Object.keys(parameters)
      .filter((name) => name.startsWith('InstanceId.'))
      .map((name) => parameters[name] ?? '');
    const request = new DescribeInstanceStatusRequest({
      regionId: parameters.RegionId,
      zoneId: parameters.ZoneId,
      pageNumber: parameters.PageNumber as Any,
      pageSize: parameters.PageSize as Any,
      ...(instanceId.length > 0 && { instanceId }),
    });
    try {
      const client = new Ecs(configOf(endpoint, key, settings));
      const { body } = await client.describeInstanceStatus(request);
      const { instanceStatuses, pageNumber, pageSize, totalCount, ...rest } = body as Any;
      const rows = instanceStatuses.instanceStatus.map((row: Any) =>
        rowText(row.instanceId, row.status),
      );
      return { kind: 'page', fields: Object.keys(rest), pageNumber, pageSize, totalCount, rows };
    } catch (error) {
      return refusal(endpoint, (error as Any).data ?? {}, (error as Any).statusCode);
    }
  };
}

function calling(callOf: (endpoint: Endpoint, key: AccessKey) => Call): Client {
  return async (endpoint, key, parameters) => {
    try {
      return page(await callOf(endpoint, key)('DescribeInstanceStatus', parameters));
    } catch (error) {
      const { data = {} } = error as Any;
      return refusal(endpoint, data, data.statusCode);
    }
  };
}

function libcloud(method: 'GET' | 'POST'): Client {
  return async (endpoint, key, parameters) => {
    const all = { Action: 'DescribeInstanceStatus', ...parameters };
    const form = new URLSearchParams(libcloudParameters(all, key, method));
    const answer = await (method === 'GET'
      ? fetch(`${endpoint.url}/?${form}`)
      : fetch(`${endpoint.url}/`, { method, body: form }));
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=utf-8');
    const body = parsedXml(await answer.text());
    return answer.ok ? page(body) : refusal(endpoint, body, answer.status);
  };
}

function page(body: Any): Page {
  const { PageNumber, PageSize, TotalCount, InstanceStatuses, ...rest } = body;
  return {
    kind: 'page',
    fields: Object.keys(rest).sort(),
    pageNumber: PageNumber,
    pageSize: PageSize,
    totalCount: TotalCount,
    rows: InstanceStatuses.InstanceStatus.map((row: Any) => rowText(row.InstanceId, row.Status)),
  };
}

function refusal(endpoint: Endpoint, data: Any, status: unknown): Refusal {
  return {
    kind: 'refusal',
    fields: Object.keys(data).sort(),
    status,
    code: data.Code,
    message: data.Message,
    isHostNamed: data.HostId === `127.0.0.1:${endpoint.port}`,
  };
}

function rowText(instanceId: unknown, status: unknown): string {
  return `${instanceId} ${status}`;
}

/** The fields of an answer in XML, with numbers as numbers and the rows as a list. */
function parsedXml(text: string): Any {
  const root = /^<\?xml version="1\.0" encoding="UTF-8"\?><(\w+)>(.*)<\/\1>$/su.exec(text);
  if (root === null) throw new Error(`no XML: ${text}`);
  const rows = [...text.matchAll(/<InstanceStatus>(.*?)<\/InstanceStatus>/gsu)];
  const flat = (root[2] ?? '').replace(/<InstanceStatuses>.*<\/InstanceStatuses>/su, '');
  return {
    ...fieldsIn(flat),
    ...(root[1] !== 'Error' && {
      InstanceStatuses: { InstanceStatus: rows.map(([, row = '']) => fieldsIn(row)) },
    }),
  };
}

function fieldsIn(xml: string): Any {
  const fields = [...xml.matchAll(/<(\w+)>([^<]*)<\/\1>/gu)].map(([, name = '', value = '']) => {
    const text = value.replace(
      /&(?:amp|lt|gt|quot|#39);/gu,
      (entity) => ENTITIES[entity] ?? entity,
    );
    return [name, /^\d+$/u.test(text) ? Number(text) : text];
  });
  return Object.fromEntries(fields);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
