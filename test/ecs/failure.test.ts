import { inspect } from 'node:util';
import { type EcsFault, type EcsServer, startEcs } from '../../local/ecs/index.ts';
import { originOf } from '../../shared/ecs/endpoint.ts';
import { ecsRefusal, networkFailure } from '../../shared/ecs/failure.ts';
import type { InventoryOptions } from '../../shared/ecs/inventory.ts';
import { parsePage } from '../../shared/ecs/schema.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { type Inventory, InventoryError } from '../../shared/ports/inventory.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { deadAddress } from '../helpers/http-server.ts';
import { DEADLINE_MS, failure, inventoryAt, KEY, ROLE_KEY } from '../helpers/inventory.ts';

const HANGZHOU = SCOPE.regionId;

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

describe('failures of ECS', () => {
  let ecs: EcsServer;
  let inventory: Inventory;

  beforeAll(async () => {
    ecs = await startEcs({ accessKeys: [KEY, ROLE_KEY], fleetSize: 120 });
    inventory = anInventory();
  });
  afterEach(() => ecs.setFaults([]));
  afterAll(() => ecs.close());

  function anInventory(options: Partial<InventoryOptions> = {}): Inventory {
    return inventoryAt(ecs.url, options);
  }

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

  it('of a region without a host name the region, where it comes from and what to do', () => {
    const unresolved = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });

    const error = networkFailure(unresolved, `ecs.mars-1.aliyuncs.com (${originOf('mars-1')})`);

    expect(error.kind).toBe('transient');
    expect(reasonOf(error)).toBe(
      'ENOTFOUND: there is no host ecs.mars-1.aliyuncs.com (region mars-1, from WATCH_REGIONS or WATCH_CONFIG): ' +
        'check its spelling, and that this network resolves names',
    );
  });

  it('of a region that ECS does not know name it and its settings, and are not tried again', async () => {
    const error = await failure(inventory.page({ ...SCOPE, regionId: 'mars-1' }, 1, DEADLINE_MS));

    expect(error.kind).toBe('refused');
    expect(reasonOf(error)).toMatch(
      /^InvalidRegionId\.NotFound: the region mars-1 does not exist: check WATCH_REGIONS, or regions in WATCH_CONFIG \(ECS says: /u,
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
        HANGZHOU,
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

    const answer = { status: 400, headers: {}, text: JSON.stringify(body) };
    const error = ecsRefusal(answer, redact, HANGZHOU);

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
