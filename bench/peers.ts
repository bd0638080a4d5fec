import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import EcsClient, { DescribeInstanceStatusRequest } from '@alicloud/ecs20140526';
import { Config } from '@alicloud/openapi-client';
import RpcClient from '@alicloud/pop-core';
import { type LocalCloud, REGION, ROOT } from './local-cloud.ts';

/** A different way to list a fleet, written as its users write it. */
export interface Peer {
  readonly name: string;
  readonly pageSize: number;
  /** Lists the whole region once: its instance ids, and the time if the peer measures it itself. */
  list(cloud: LocalCloud): Promise<Listing>;
}

interface Listing {
  readonly ids: ReadonlySet<string>;
  /** Measured by a peer in a process of its own, without the start of that process. */
  readonly ms?: number;
}

/** One page of DescribeInstanceStatus: its ids, and the number of all instances. */
type ReadPage = (
  pageNumber: number,
) => Promise<{ readonly ids: readonly string[]; readonly totalCount: number }>;

const MAX_PAGE_SIZE = 50;
/** Of DescribeInstanceStatus, and of DescribeInstances where a client asks for no other. */
const DEFAULT_PAGE_SIZE = 10;
const API_VERSION = '2014-05-26';

export const popCore: Peer = {
  name: '`@alicloud/pop-core`, serial',
  pageSize: MAX_PAGE_SIZE,
  async list({ ecs, accessKeyId, accessKeySecret }) {
    const client = new RpcClient({
      endpoint: ecs,
      apiVersion: API_VERSION,
      accessKeyId,
      accessKeySecret,
    });
    return serially(MAX_PAGE_SIZE, async (pageNumber) => {
      const page = await client.request<StatusPage>('DescribeInstanceStatus', {
        RegionId: REGION,
        PageSize: MAX_PAGE_SIZE,
        PageNumber: pageNumber,
      });
      return {
        ids: page.InstanceStatuses.InstanceStatus.map(({ InstanceId }) => InstanceId),
        totalCount: page.TotalCount,
      };
    });
  },
};

interface StatusPage {
  readonly TotalCount: number;
  readonly InstanceStatuses: {
    readonly InstanceStatus: readonly { readonly InstanceId: string }[];
  };
}

export const officialClient: Peer = {
  name: '`@alicloud/ecs20140526`, serial',
  pageSize: MAX_PAGE_SIZE,
  list: (cloud) => officially(cloud, MAX_PAGE_SIZE),
};

export const officialClientByDefault: Peer = {
  name: '`@alicloud/ecs20140526`, serial, its default page',
  pageSize: DEFAULT_PAGE_SIZE,
  list: (cloud) => officially(cloud, undefined),
};

/** The official client of ECS. */
export function officialEcs({ ecs, accessKeyId, accessKeySecret }: LocalCloud): EcsClient {
  const endpoint = new URL(ecs).host;
  const config = new Config({ accessKeyId, accessKeySecret, endpoint, regionId: REGION });
  config.protocol = 'http';
  // Its own Config class has the same members, but is of another package.
  return new EcsClient(config as unknown as ConstructorParameters<typeof EcsClient>[0]);
}

async function officially(cloud: LocalCloud, pageSize: number | undefined): Promise<Listing> {
  const client = officialEcs(cloud);
  return serially(pageSize ?? DEFAULT_PAGE_SIZE, async (pageNumber) => {
    const request = new DescribeInstanceStatusRequest({
      regionId: REGION,
      pageNumber,
      ...(pageSize !== undefined && { pageSize }),
    });
    const { body } = await client.describeInstanceStatus(request);
    const rows = body?.instanceStatuses?.instanceStatus ?? [];
    return {
      ids: rows.map(({ instanceId }) => instanceId ?? ''),
      totalCount: body?.totalCount ?? 0,
    };
  });
}

/** The loop of the examples in the documentation: page after page, until TotalCount is reached. */
async function serially(pageSize: number, readPage: ReadPage): Promise<Listing> {
  const ids = new Set<string>();
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await readPage(pageNumber);
    for (const id of page.ids) ids.add(id);
    if (pageNumber * pageSize >= page.totalCount) return { ids };
  }
}

/** The interpreter that Debian's packages belong to. */
const PYTHON = '/usr/bin/python3';
const LIBCLOUD = '/usr/lib/python3/dist-packages/libcloud';
const SCRIPT = join(ROOT, 'bench', 'peers', 'list-nodes.py');

/** Apache Libcloud of Debian's python3-libcloud, or undefined where that is not installed. */
export function libcloud(): Peer | undefined {
  if (!existsSync(LIBCLOUD) || !existsSync(PYTHON)) return undefined;
  return {
    name: 'libcloud `list_nodes` (DescribeInstances), as shipped',
    pageSize: DEFAULT_PAGE_SIZE,
    async list({ ecs, accessKeyId, accessKeySecret }) {
      const { hostname, port } = new URL(ecs);
      const args = [SCRIPT, hostname, port, accessKeyId, accessKeySecret, REGION];
      const { stdout } = await promisify(execFile)(PYTHON, args, { maxBuffer: MAX_LIST_BYTES });
      const [seconds = '', ...ids] = stdout.trim().split('\n');
      return { ids: new Set(ids), ms: Number(seconds) * 1000 };
    },
  };
}

const MAX_LIST_BYTES = 64 * 1024 * 1024;

/**
 * The limit of this machine: the same pages, with the same concurrency, by signed plain HTTP
 * without a package. The answers are not read.
 */
export async function bareScan(
  cloud: LocalCloud,
  pages: number,
  concurrency: number,
): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  let next = 1;
  const readOn = async (): Promise<void> => {
    while (next <= pages) {
      const pageNumber = next;
      next += 1;
      await bareGet(`${cloud.ecs}/?${signedQuery(cloud, pageNumber)}`, agent);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, readOn));
  agent.destroy();
}

function bareGet(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`HTTP ${answer.statusCode}`));
      answer.on('error', reject).on('end', resolve).resume();
    }).on('error', reject);
  });
}

/** Signature V1 of a GET. https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism */
function signedQuery({ accessKeyId, accessKeySecret }: LocalCloud, pageNumber: number): string {
  const parameters: Readonly<Record<string, string>> = {
    AccessKeyId: accessKeyId,
    Action: 'DescribeInstanceStatus',
    Format: 'JSON',
    PageNumber: String(pageNumber),
    PageSize: String(MAX_PAGE_SIZE),
    RegionId: REGION,
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: randomUUID(),
    SignatureVersion: '1.0',
    Timestamp: `${new Date().toISOString().slice(0, -5)}Z`,
    Version: API_VERSION,
  };
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const signed = `GET&%2F&${encodeURIComponent(query)}`;
  const signature = createHmac('sha1', `${accessKeySecret}&`).update(signed).digest('base64');
  return `${query}&Signature=${encodeURIComponent(signature)}`;
}
