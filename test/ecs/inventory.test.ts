import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DescribeInstanceStatusRequest, DescribeInstancesRequest } from '@alicloud/ecs20140526';
import { build } from 'esbuild';
import { type EcsFault, type EcsServer, startEcs } from '../../local/ecs/index.ts';
import type { Scope } from '../../shared/core/model.ts';
import { endpointOf } from '../../shared/ecs/endpoint.ts';
import { ecsRefusal, networkFailure } from '../../shared/ecs/failure.ts';
import { ecsInventory, type InventoryOptions } from '../../shared/ecs/inventory.ts';
import type { EcsFields, EcsRequests, EcsStatusPage } from '../../shared/ecs/model.ts';
import { parseDetails, parsePage } from '../../shared/ecs/schema.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { type Inventory, InventoryError } from '../../shared/ports/inventory.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { askByIds } from '../../shared/watch/ask-by-id.ts';
import { newBudget } from '../../shared/watch/budget.ts';
import { pacedFleet } from '../../shared/watch/fleet.ts';
import { createPacer } from '../../shared/watch/pacer.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { deadAddress, withServer } from '../helpers/http-server.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const KEY = { accessKeyId: 'LTAI-of-a-test-00', accessKeySecret: 'secret-of-a-test-00' };
const ROLE_KEY = {
  accessKeyId: 'STS.of-a-test-00',
  accessKeySecret: 'secret-of-a-role-00',
  securityToken: 'token-of-a-role-00',
};
const HANGZHOU = SCOPE.regionId;
/** No test waits for it. */
const DEADLINE_MS = NOW_MS + 30_000;

/** What the caller may do about a code, whatever the HTTP status says. */
const KIND_OF_CODE = {
  Throttling: 'throttled',
  'Throttling.Api': 'throttled',
  ServiceUnavailable: 'transient',
  'ServiceUnavailable.RegionMaintaining': 'transient',
  InternalError: 'transient',
  UnknownError: 'transient',
  SignatureNonceUsed: 'transient',
  'Forbidden.Unauthorized': 'refused',
  'InvalidAccessKeyId.Inactive': 'refused',
  'InvalidSecurityToken.Expired': 'refused',
  'InvalidTimeStamp.Expired': 'refused',
  'InvalidRegionId.NotFound': 'refused',
  'InvalidZoneId.NotFound': 'refused',
  MissingParameter: 'refused',
  'FlowControl.User': 'throttled',
  TooManyRequests: 'throttled',
  SystemBusy: 'transient',
  // A table of the adapter must not find what every object has.
  constructor: 'refused',
  ['__proto__']: 'refused',
  'InvalidInstanceId.NotFound': 'not-found',
} as const;

describe('the inventory over the ECS API', () => {
  let ecs: EcsServer;
  let inventory: Inventory;

  beforeAll(async () => {
    ecs = await startEcs({ accessKeys: [KEY, ROLE_KEY], fleetSize: 120 });
    inventory = anInventory();
  });
  afterEach(() => ecs.setFaults([]));
  afterAll(() => ecs.close());

  function anInventory(options: Partial<InventoryOptions> = {}): Inventory {
    return ecsInventory({
      credentials: KEY,
      endpoint: ecs.url,
      runtime: virtualRuntime(NOW_MS),
      redact: (text) => text,
      ...options,
    });
  }

  describe('pages', () => {
    it('give every instance of the region with its status, and how many there are', async () => {
      const pages = await Promise.all(
        [1, 2, 3, 4].map((number) => inventory.page(SCOPE, number, DEADLINE_MS)),
      );

      expect(pages.map(({ rows, totalCount }) => [rows, totalCount])).toEqual([
        [50, 120],
        [50, 120],
        [20, 120],
        [0, 120],
      ]);
      expect(pages.flatMap(({ statuses }) => [...statuses])).toEqual(
        ecs.fleet.instances(HANGZHOU).map(({ id, status }) => [id, status]),
      );
    });

    it('are narrowed to a zone where the scope is', async () => {
      const [first] = ecs.fleet.instances(HANGZHOU);
      const zoneId = first?.zoneId ?? '';

      const page = await inventory.page({ ...SCOPE, zoneId }, 1, DEADLINE_MS);

      const inZone = ecs.fleet.instances(HANGZHOU).filter((instance) => instance.zoneId === zoneId);
      expect(inZone.length).toBeLessThan(120);
      expect(page.totalCount).toBe(inZone.length);
      expect([...page.statuses.keys()]).toEqual(inZone.slice(0, 50).map(({ id }) => id));
    });

    it('are read with the keys of a role as well', async () => {
      const page = await anInventory({ credentials: ROLE_KEY }).page(SCOPE, 1, DEADLINE_MS);

      expect(page.rows).toBe(50);
    });
  });

  describe('asking by id', () => {
    it('gives the status of each instance that exists, and leaves out the others', async () => {
      const ids = ecs.fleet.instances(HANGZHOU).map(({ id }) => id);
      const asked = [...ids.slice(0, 48), 'i-bp1gone0000000000000', 'i-bp1gone0000000000001'];

      const page = await inventory.byIds(SCOPE, asked, DEADLINE_MS);

      expect([...page.statuses.keys()]).toEqual(ids.slice(0, 48));
      expect([page.rows, page.totalCount]).toEqual([48, 48]);
    });

    it('shows no instance for an unknown id', async () => {
      const page = await inventory.byIds(SCOPE, ['i-bp1gone0000000000000'], DEADLINE_MS);

      expect(page).toEqual({ statuses: new Map(), rows: 0, totalCount: 0, pageSize: 50 });
    });

    it('finds the id that does not exist where ECS answers an error for all of them', async () => {
      const undocumented = { unknownInstanceIds: 'error' } as const;
      const strict = await startEcs({ accessKeys: [KEY], fleetSize: 20, undocumented });
      try {
        const ids = strict.fleet.instances(HANGZHOU).map(({ id }) => id);
        const asked = [...ids.slice(0, 7), 'i-bp1gone0000000000000', ...ids.slice(7)];

        const [witness = ''] = ids;
        const runtime = virtualRuntime(NOW_MS);
        const pace = { budget: newBudget(1_000, NOW_MS), deadlineMs: DEADLINE_MS };
        const strictInventory = anInventory({ endpoint: strict.url });
        const fleet = pacedFleet(strictInventory, SCOPE, createPacer(pace, runtime));

        const answers = await askByIds(fleet, asked, [witness]);

        const found = answers.flatMap(({ statuses }) => [...statuses.keys()]);
        expect([...new Set(found)].sort()).toEqual([...ids].sort());
        expect(
          answers.filter(({ isNotFound }) => isNotFound).map((answer) => answer.asked),
        ).toEqual([['i-bp1gone0000000000000']]);
      } finally {
        await strict.close();
      }
    });

    it('leaves out an instance of another zone where the scope is narrowed to one', async () => {
      const [first] = ecs.fleet.instances(HANGZHOU);
      const other = ecs.fleet.instances(HANGZHOU).find(({ zoneId }) => zoneId !== first?.zoneId);
      const ids = [first?.id ?? '', other?.id ?? ''];
      const scope: Scope = { ...SCOPE, zoneId: first?.zoneId ?? '', instanceIds: ids };

      const page = await inventory.byIds(scope, ids, DEADLINE_MS);

      expect([...page.statuses.keys()]).toEqual([first?.id]);
    });
  });

  describe('details', () => {
    it('are the name in any script, the zone, the type, the addresses and the tags', async () => {
      const [instance] = ecs.fleet.create(HANGZHOU, 1, () => ({
        name: '支付网关-01',
        publicIp: '198.18.0.1',
        eip: '198.18.0.2',
        tags: [
          { key: '环境', value: '生产' },
          { key: '__proto__', value: 'a tag like any other' },
        ],
      }));
      const id = instance?.id ?? '';

      const details = await inventory.details(SCOPE, [id], DEADLINE_MS);

      expect([...details]).toEqual([
        [
          id,
          {
            name: '支付网关-01',
            zoneId: instance?.zoneId,
            instanceType: instance?.instanceType,
            created: `${new Date(instance?.createdMs ?? 0).toISOString().slice(0, 16)}Z`,
            privateIps: [instance?.privateIp],
            publicIps: ['198.18.0.1', '198.18.0.2'],
            tags: Object.fromEntries([
              ['环境', '生产'],
              ['__proto__', 'a tag like any other'],
            ]),
          },
        ],
      ]);
      ecs.fleet.release([id]);
    });

    it('are those of a hundred instances at once, without those that do not exist', async () => {
      const ids = ecs.fleet.instances(HANGZHOU).map(({ id }) => id);
      const asked = [...ids.slice(0, 99), 'i-bp1gone0000000000000'];

      const details = await inventory.details(SCOPE, asked, DEADLINE_MS);

      expect([...details.keys()]).toEqual(ids.slice(0, 99));
    });
  });

  describe('the second opinion', () => {
    it('is that an instance exists which the listing hides', async () => {
      const [first] = ecs.fleet.instances(HANGZHOU);

      const opinions = await Promise.all([
        inventory.secondOpinion(SCOPE, [first?.id ?? ''], DEADLINE_MS),
        inventory.secondOpinion(SCOPE, undefined, DEADLINE_MS),
        inventory.secondOpinion(SCOPE, ['i-bp1gone0000000000000'], DEADLINE_MS),
      ]);

      expect(opinions).toEqual(['contradicts', 'contradicts', 'agrees']);
    });

    it('is that this account has no permission', async () => {
      ecs.setFaults([{ kind: 'denied', operations: ['DescribeInstances'] }]);

      await expect(inventory.secondOpinion(SCOPE, undefined, DEADLINE_MS)).resolves.toBe('refuses');
    });

    it('is not given by a failure', async () => {
      ecs.setFaults([{ kind: 'throttle', operations: ['DescribeInstances'] }]);

      await expect(inventory.secondOpinion(SCOPE, undefined, DEADLINE_MS)).rejects.toMatchObject({
        kind: 'throttled',
      });
    });
  });

  describe('the proof that this account may look', () => {
    it('is the answer to a dry run', async () => {
      await expect(inventory.mayLook(SCOPE, DEADLINE_MS)).resolves.toBe(true);
    });

    it('is not given by an account without permission', async () => {
      ecs.setFaults([{ kind: 'denied', operations: ['DescribeInstances'] }]);

      await expect(inventory.mayLook(SCOPE, DEADLINE_MS)).resolves.toBe(false);
    });

    it('is not given by an ECS that answers a dry run with instances, or with none', async () => {
      const body = JSON.stringify({ RequestId: 'r', Instances: { Instance: [] }, TotalCount: 0 });
      await withServer(
        (_request, response) => response.writeHead(200).end(body),
        async (endpoint) => {
          const answered = anInventory({ endpoint }).mayLook(SCOPE, DEADLINE_MS);

          await expect(answered).resolves.toBe(false);
        },
      );
    });

    it('is not given by a failure', async () => {
      ecs.setFaults([{ kind: 'throttle', operations: ['DescribeInstances'] }]);

      await expect(inventory.mayLook(SCOPE, DEADLINE_MS)).rejects.toMatchObject({
        kind: 'throttled',
      });
    });
  });

  describe('failures', () => {
    it.each<[string, EcsFault, object]>([
      ['throttling', { kind: 'throttle' }, { kind: 'throttled', code: 'Throttling.User' }],
      ['a lost permission', { kind: 'denied' }, { kind: 'refused', code: 'Forbidden.RAM' }],
      ['a proxy page', { kind: 'html-error', status: 502 }, { kind: 'transient', code: 'NotJson' }],
      ['an empty answer', { kind: 'no-body' }, { kind: 'transient', code: 'NotJson' }],
      ['half an answer', { kind: 'half-body' }, { kind: 'transient', code: 'NotJson' }],
      ['a reset', { kind: 'reset' }, { kind: 'transient' }],
      ['a lost answer', { kind: 'lost-answer' }, { kind: 'transient' }],
      ['an answer cut off', { kind: 'cut-answer' }, { kind: 'transient' }],
      [
        'a row without an id',
        { kind: 'malformed-item', missing: 'InstanceId' },
        { kind: 'malformed', message: 'ECS answered out of shape: InstanceId is missing' },
      ],
      [
        'a row without a status',
        { kind: 'malformed-item', missing: 'Status' },
        { kind: 'malformed', message: 'ECS answered out of shape: Status is missing' },
      ],
      ...Object.entries(KIND_OF_CODE).map(([code, kind]): [string, EcsFault, object] => [
        `the code ${code}`,
        { kind: 'error', code, status: 400 },
        { kind, code },
      ]),
      [
        'an unknown code with status 429',
        { kind: 'error', code: 'Strange', status: 429 },
        { kind: 'throttled', code: 'Strange' },
      ],
      [
        'a proxy page with status 429',
        { kind: 'html-error', status: 429 },
        { kind: 'throttled', code: 'NotJson' },
      ],
      [
        'an unknown code with status 503',
        { kind: 'error', code: 'Strange', status: 503 },
        { kind: 'transient', code: 'Strange' },
      ],
    ])('of %s have the kind and code that they deserve', async (_what, fault, expected) => {
      ecs.setFaults([fault]);

      const error = await failure(inventory.page(SCOPE, 1, DEADLINE_MS));

      expect(error).toBeInstanceOf(InventoryError);
      expect(error).toMatchObject(expected);
    });

    it('name the request, so that the vendor can be asked', async () => {
      ecs.setFaults([{ kind: 'denied' }]);

      const error = await failure(inventory.page(SCOPE, 1, DEADLINE_MS));

      expect(error.requestId).toMatch(/^[0-9A-F-]{36}$/u);
      expect(reasonOf(error)).toContain(error.requestId);
    });

    it('come at the deadline when there is no answer', async () => {
      ecs.setFaults([{ kind: 'latency', latencyMs: 60_000 }]);

      const error = await failure(inventory.page(SCOPE, 1, NOW_MS + 20));

      expect(error).toMatchObject({ kind: 'transient' });
    });

    it('say which endpoint was not reached, and where it comes from', async () => {
      const endpoint = await deadAddress();
      const { host } = new URL(endpoint);

      const error = await failure(anInventory({ endpoint }).page(SCOPE, 1, DEADLINE_MS));

      expect(error).toMatchObject({
        kind: 'transient',
        code: 'ECONNREFUSED',
        message: `ECS was not reached at ${host} (from ECS_ENDPOINT), or its answer broke off`,
      });
    });

    it('of a region that is misspelt name its host and WATCH_REGIONS', () => {
      const unresolved = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });

      const error = networkFailure(unresolved, 'ecs.cn-hangzhuo.aliyuncs.com (from WATCH_REGIONS)');

      expect(reasonOf(error)).toBe(
        'ENOTFOUND: ECS was not reached at ecs.cn-hangzhuo.aliyuncs.com (from WATCH_REGIONS), or its answer broke off',
      );
    });

    it('keep the words of ECS beside the advice', async () => {
      ecs.setFaults([
        {
          kind: 'error',
          code: 'Forbidden.RAM',
          status: 403,
          message: 'The account is in arrears.',
        },
      ]);

      const error = await failure(inventory.page(SCOPE, 1, DEADLINE_MS));

      expect(error.message).toBe(
        'the role may not call this: allow ecs:DescribeInstanceStatus and ecs:DescribeInstances ' +
          '(ECS says: The account is in arrears.)',
      );
    });

    it('give the advice that the words of ECS ask for', () => {
      const denied = (NoPermissionType: unknown) =>
        ecsRefusal(
          {
            status: 403,
            headers: {},
            text: JSON.stringify({
              Code: 'Forbidden.RAM',
              AccessDeniedDetail: { NoPermissionType },
            }),
          },
          (text) => text,
        ).message;

      expect(denied('ExplicitDeny')).toContain('take the Deny away');
      expect(denied('ImplicitDeny')).toContain('allow ecs:DescribeInstanceStatus');
    });

    it('say for how many milliseconds ECS wants to be left alone', async () => {
      const undocumented = { throttlingStatus: 429, retryAfterMs: 1_234 } as const;
      const patient = await startEcs({ accessKeys: [KEY], undocumented });
      try {
        patient.setFaults([{ kind: 'throttle' }]);

        const error = await failure(
          anInventory({ endpoint: patient.url }).page(SCOPE, 1, DEADLINE_MS),
        );

        expect(error).toMatchObject({ kind: 'throttled', retryAfterMs: 1_234 });
      } finally {
        await patient.close();
      }
    });

    it('of a key that no request can hold are refused, and not tried again', async () => {
      const credentials = { ...ROLE_KEY, securityToken: 'token\r\nof-two-lines' };

      const error = await failure(anInventory({ credentials }).page(SCOPE, 1, DEADLINE_MS));

      expect(error).toMatchObject({ kind: 'refused', code: 'InvalidCredentials' });
      expect(inspect(error)).not.toContain('of-two-lines');
    });

    it.each([
      ['an unknown key', { ...KEY, accessKeyId: 'LTAI-unknown' }, 'InvalidAccessKeyId.NotFound'],
      ['a wrong secret', { ...KEY, accessKeySecret: 'wrong' }, 'SignatureDoesNotMatch'],
      [
        'the token of another role',
        { ...ROLE_KEY, securityToken: 'another token' },
        'InvalidSecurityToken.MismatchWithAccessKey',
      ],
    ])('of credentials with %s are refused', async (_what, credentials, code) => {
      const error = await failure(anInventory({ credentials }).page(SCOPE, 1, DEADLINE_MS));

      expect(error).toMatchObject({ kind: 'refused', code });
    });

    it('hold no secret and no query, whatever fails', async () => {
      const [first] = ecs.fleet.instances(HANGZHOU);
      const strangers = { accessKeyId: 'LTAI-stranger-00', accessKeySecret: 'stranger-secret' };
      const troubles: readonly EcsFault[] = [
        { kind: 'denied' },
        { kind: 'throttle' },
        { kind: 'html-error', status: 502 },
        { kind: 'reset' },
        { kind: 'cut-answer' },
        { kind: 'no-body' },
        { kind: 'malformed-item', missing: 'Status' },
        {
          kind: 'error',
          code: 'SignatureDoesNotMatch',
          status: 400,
          message: `server string to sign is:${Object.values(ROLE_KEY).join('&')}`,
        },
        {
          kind: 'error',
          code: 'IncompleteSignature',
          status: 400,
          message: `No. server CanonicalRequest is ${Object.values(ROLE_KEY).join('&')}`,
        },
      ];
      const errors = [
        await failure(anInventory({ credentials: strangers }).page(SCOPE, 1, DEADLINE_MS)),
      ];
      for (const trouble of troubles) {
        ecs.setFaults([trouble]);
        const asRole = anInventory({ credentials: ROLE_KEY });
        errors.push(await failure(asRole.page(SCOPE, 1, DEADLINE_MS)));
        errors.push(await failure(asRole.byIds(SCOPE, [first?.id ?? ''], DEADLINE_MS)));
      }
      ecs.setFaults([{ kind: 'latency', latencyMs: 60_000 }]);
      errors.push(await failure(inventory.page(SCOPE, 1, NOW_MS + 20)));

      for (const error of errors) {
        const shown = inspect(error, { depth: 10, showHidden: true });
        for (const secret of [...Object.values(ROLE_KEY), ...Object.values(strangers)]) {
          expect(shown).not.toContain(secret);
        }
        expect(shown).not.toContain('RegionId=');
      }
    });

    it.each(['Code', 'RequestId', 'Message'])('hold no secret that ECS repeats in %s', (field) => {
      const redact = redactor(Object.values(KEY));
      const padding = 'x'.repeat(190);
      const body = { Code: 'Strange', [field]: `${padding}${KEY.accessKeySecret}` };

      const error = ecsRefusal({ status: 400, headers: {}, text: JSON.stringify(body) }, redact);

      expect(inspect(error)).toContain(padding);
      expect(inspect(error)).not.toContain(KEY.accessKeySecret.slice(0, 8));
    });

    it('hold no part of a secret in a value that is out of shape', () => {
      const redact = redactor(Object.values(KEY));

      expect(() => parsePage(`${'x'.repeat(30)}${KEY.accessKeySecret}`, redact)).toThrow(
        `the answer is "${'x'.repeat(30)}[secret]`,
      );
    });

    it('hold no secret that ECS repeats', async () => {
      const redact = redactor(Object.values(KEY));
      ecs.setFaults([
        { kind: 'error', code: 'Strange', status: 400, message: `no ${KEY.accessKeySecret}` },
      ]);

      const error = await failure(anInventory({ redact }).page(SCOPE, 1, DEADLINE_MS));

      expect(error.message).toBe('no [secret]');
    });

    it('hold no part of a secret that ECS repeats at the end of a long message', async () => {
      const redact = redactor(Object.values(KEY));
      const message = `${'x'.repeat(190)}${KEY.accessKeySecret}`;
      ecs.setFaults([{ kind: 'error', code: 'Strange', status: 400, message }]);

      const error = await failure(anInventory({ redact }).page(SCOPE, 1, DEADLINE_MS));

      expect(error.message).not.toContain(KEY.accessKeySecret.slice(0, 8));
    });
  });
});

describe('what is sent to ECS', () => {
  it('has the names that the official models send', async () => {
    const statusNames = Object.values(DescribeInstanceStatusRequest.names());
    const detailNames = Object.values(DescribeInstancesRequest.names());

    const sent = await recorded(async (inventory) => {
      const scope = { ...SCOPE, zoneId: 'cn-hangzhou-h', clusterId: 'cl-1' };
      await inventory.page(scope, 3, DEADLINE_MS);
      await inventory.byIds(scope, ['i-1', 'i-2'], DEADLINE_MS);
      await inventory.details(scope, ['i-1', 'i-2'], DEADLINE_MS);
      await inventory.secondOpinion(scope, undefined, DEADLINE_MS);
    });

    expect(sent.map(({ query }) => query)).toEqual([
      {
        RegionId: HANGZHOU,
        PageNumber: '3',
        PageSize: '50',
        ZoneId: 'cn-hangzhou-h',
        ClusterId: 'cl-1',
      },
      {
        RegionId: HANGZHOU,
        'InstanceId.1': 'i-1',
        'InstanceId.2': 'i-2',
        PageNumber: '1',
        PageSize: '50',
      },
      { RegionId: HANGZHOU, InstanceIds: '["i-1","i-2"]', MaxResults: '100' },
      { RegionId: HANGZHOU, ZoneId: 'cn-hangzhou-h', MaxResults: '100' },
    ]);
    expect(sent.map(({ action }) => action)).toEqual([
      'DescribeInstanceStatus',
      'DescribeInstanceStatus',
      'DescribeInstances',
      'DescribeInstances',
    ]);
    for (const { action, query } of sent) {
      const names = action === 'DescribeInstances' ? detailNames : statusNames;
      for (const name of Object.keys(query)) {
        expect(names).toContain(name.replace(/\.\d+$/u, ''));
      }
    }
  });
});

describe('the official models', () => {
  it('hold the names of parameters and fields: the compiler refuses others', () => {
    type EcsStatusQuery = EcsRequests['DescribeInstanceStatus'];
    const query: EcsStatusQuery = { PageNumber: '1', 'InstanceId.1': 'i-1' };
    // @ts-expect-error DescribeInstanceStatus has no such parameter.
    const renamed: EcsStatusQuery = { PageNum: '1' };
    // @ts-expect-error A list is not sent as one parameter.
    const list: EcsStatusQuery = { InstanceId: 'i-1' };
    // @ts-expect-error DescribeInstanceStatus, unlike DescribeInstances, takes no list as JSON.
    const json: EcsStatusQuery = { InstanceIds: '["i-1"]' };
    // @ts-expect-error An answer has no such field.
    const field: keyof EcsFields<EcsStatusPage> = 'Total';

    expect([query, renamed, list, json, field]).toHaveLength(5);
  });

  it('are types only: the bundle of the watch function does not hold their package', async () => {
    const { metafile } = await build({
      entryPoints: [join(__dirname, '../../functions/watch/index.ts')],
      bundle: true,
      platform: 'node',
      metafile: true,
      write: false,
    });

    const packages = Object.keys(metafile.inputs);
    expect(packages.filter((path) => path.includes('@alicloud/openapi-util'))).not.toEqual([]);
    expect(packages.filter((path) => path.includes('@alicloud/ecs20140526'))).toEqual([]);
  });
});

describe('the endpoint of a region', () => {
  it.each([
    ['cn-shanghai', undefined, { protocol: 'https', host: 'ecs.cn-shanghai.aliyuncs.com' }],
    ['cn-hangzhou', undefined, { protocol: 'https', host: 'ecs-cn-hangzhou.aliyuncs.com' }],
    ['cn-shanghai', 'http://127.0.0.1:8001', { protocol: 'http', host: '127.0.0.1:8001' }],
    [
      'cn-shanghai',
      'https://ecs-vpc.example.com/',
      { protocol: 'https', host: 'ecs-vpc.example.com' },
    ],
  ])('of %s with the override %s', (regionId, override, endpoint) => {
    expect(endpointOf(regionId, override)).toEqual(endpoint);
  });
});

describe('reading an answer of ECS', () => {
  const row = { InstanceId: 'i-1', Status: 'Running' };
  const asItIs = (text: string): string => text;
  const parse = (body: unknown) => parsePage(body, asItIs);

  it('refuses more rows than were asked for', () => {
    const rows = Array.from({ length: 51 }, (_, index) => ({ ...row, InstanceId: `i-${index}` }));

    expect(() => parse(withRows(rows))).toThrow('the number of rows, at most 50, is 51');
    expect(() => parsePage(withRows(rows.slice(0, 3)), asItIs, 2)).toThrow('at most 2, is 3');
    expect(() => parseDetails({ Instances: { Instance: rows } }, asItIs, 50)).toThrow('is 51');
  });

  it('makes text of what is none: half a character would break every encoding after it', () => {
    const page = parse(withRows([{ InstanceId: 'i-\ud800', Status: '\udfff' }]));

    expect([...page.statuses]).toEqual([['i-\ufffd', '\ufffd']]);
  });

  it('counts rows, and an id that comes twice once', () => {
    const page = parse({ TotalCount: 2, InstanceStatuses: { InstanceStatus: [row, row] } });

    expect(page).toMatchObject({ statuses: new Map([['i-1', 'Running']]), rows: 2 });
  });

  it('believes ECS about the size of its pages, where it says one', () => {
    const page = { TotalCount: 0, InstanceStatuses: { InstanceStatus: [] } };

    expect(parse({ ...page, PageSize: 10 }).pageSize).toBe(10);
    expect(parse(page).pageSize).toBe(50);
    expect(() => parse({ ...page, PageSize: 0 })).toThrow('PageSize is 0');
  });

  it('keeps a status that it does not know', () => {
    const strange = { ...row, Status: 'Hibernated' };

    const page = parse({ TotalCount: 1, InstanceStatuses: { InstanceStatus: [strange] } });

    expect(page.statuses.get('i-1')).toBe('Hibernated');
  });

  it.each([
    ['no object', 'a text', 'the answer is "a text"'],
    ['nothing', null, 'the answer is null'],
    ['a list', [], 'the answer is []'],
    ['no TotalCount', { InstanceStatuses: { InstanceStatus: [] } }, 'TotalCount is missing'],
    ['a TotalCount in words', withTotal('12'), 'TotalCount is "12"'],
    ['a TotalCount below nothing', withTotal(-1), 'TotalCount is -1'],
    ['half a TotalCount', withTotal(1.5), 'TotalCount is 1.5'],
    ['no list', { TotalCount: 0 }, 'InstanceStatuses is missing'],
    [
      'a list of another name',
      { TotalCount: 0, InstanceStatuses: {} },
      'InstanceStatus is missing',
    ],
    ['a row that is none', withRows([row, 'i-2']), 'an InstanceStatus is "i-2"'],
    ['an empty id', withRows([{ ...row, InstanceId: '' }]), 'InstanceId is ""'],
    ['a status that is none', withRows([{ ...row, Status: 7 }]), 'Status is 7'],
  ])('believes nothing of one that holds %s', (_what, body, problem) => {
    expect(() => parse(body)).toThrow(
      expect.objectContaining({
        kind: 'malformed',
        message: expect.stringContaining(problem),
      }),
    );
  });

  it('leaves out details of another shape, and never an instance', () => {
    const strange = {
      InstanceId: 'i-1',
      InstanceName: 7,
      ZoneId: '',
      VpcAttributes: { PrivateIpAddress: { IpAddress: ['', 3, '172.16.0.1'] } },
      PublicIpAddress: 'none',
      EipAddress: null,
      Tags: { Tag: [{ TagKey: 'env' }, { TagValue: 'lost' }, 'no tag'] },
    };

    const body = { Instances: { Instance: [strange, { InstanceId: 'i-2' }] } };
    const details = parseDetails(body, asItIs);

    expect([...details]).toEqual([
      ['i-1', { privateIps: ['172.16.0.1'], tags: { env: '' } }],
      ['i-2', {}],
    ]);
  });

  function withTotal(totalCount: unknown): object {
    return { TotalCount: totalCount, InstanceStatuses: { InstanceStatus: [] } };
  }

  function withRows(rows: readonly unknown[]): object {
    return { TotalCount: 1, InstanceStatuses: { InstanceStatus: rows } };
  }
});

async function failure(call: Promise<unknown>): Promise<InventoryError> {
  const result = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(result instanceof InventoryError)) throw new Error(`no InventoryError: ${result}`);
  return result;
}

interface Sent {
  readonly action: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What the adapter asks of a server that answers everything with an empty fleet. */
async function recorded(ask: (inventory: Inventory) => Promise<void>): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const answerEmpty: RequestListener = (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const action = String(request.headers['x-acs-action']);
    sent.push({ action, query: Object.fromEntries(searchParams) });
    response.setHeader('content-type', 'application/json;charset=utf-8');
    response.end(
      JSON.stringify({
        TotalCount: 0,
        InstanceStatuses: { InstanceStatus: [] },
        Instances: { Instance: [] },
      }),
    );
  };
  await withServer(answerEmpty, (endpoint) =>
    ask(
      ecsInventory({
        credentials: KEY,
        endpoint,
        runtime: virtualRuntime(NOW_MS),
        redact: (text) => text,
      }),
    ),
  );
  return sent;
}
