import { type Random, seededRandom } from '../../local/random.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import { InventoryError, MAX_DETAILS, PAGE_SIZE } from '../../shared/ports/inventory.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { outcomeOf, type Round } from '../helpers/fuzz.ts';
import { type Draft, type Framed, hostileAnswer, hugeAnswer } from '../helpers/hostile-answers.ts';
import {
  hostileJson,
  hostileText,
  hostileValue,
  type Json,
  spoilValue,
} from '../helpers/hostile-json.ts';
import { withHostileServer } from '../helpers/hostile-server.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

/** Each round of it asks an ECS that answers in a hostile way one question. */
export const answerRound: Round = (seed) => round(seed, hostileAnswer, TIMEOUT_MS);

/** The same with bombs, and bodies without end. */
export const hugeAnswerRound: Round = (seed) => round(seed, hugeAnswer, HUGE_TIMEOUT_MS);

/** For one question. Stalls take all of it. */
const TIMEOUT_MS = 100;
/** Long enough to fill the memory of a function, if nothing but the time would end an answer. */
const HUGE_TIMEOUT_MS = 2_000;
const KEY = {
  accessKeyId: 'STS.of-a-test-00',
  accessKeySecret: 'Hw3kQ9vZr7Lx2Tn5Bf8Jp1Dm6Gs4Yc',
  securityToken: 'CAIS8gF1q6Ft5B2yfSjIr5bDEk3Yh0tbZ4',
};
const SECRETS: readonly string[] = [KEY.accessKeySecret, KEY.securityToken];

const OPERATIONS = ['page', 'byIds', 'details', 'secondOpinion', 'mayLook'] as const;
type Operation = (typeof OPERATIONS)[number];
type Inventory = ReturnType<typeof ecsInventory>;

type Ask = (inventory: Inventory, ids: string[], deadlineMs: number) => Promise<unknown>;

const ASK: Readonly<Record<Operation, Ask>> = {
  page: (inventory, _ids, deadlineMs) => inventory.page(SCOPE, 1, deadlineMs),
  byIds: (inventory, ids, deadlineMs) => inventory.byIds(SCOPE, ids, deadlineMs),
  details: (inventory, ids, deadlineMs) => inventory.details(SCOPE, ids, deadlineMs),
  secondOpinion: (inventory, ids, deadlineMs) => inventory.secondOpinion(SCOPE, ids, deadlineMs),
  mayLook: (inventory, _ids, deadlineMs) => inventory.mayLook(SCOPE, deadlineMs),
};

async function round(
  seed: number,
  frame: (draft: Draft, random: Random) => Framed,
  timeoutMs: number,
): ReturnType<Round> {
  const random = seededRandom(seed);
  const operation = random.pick(OPERATIONS);
  const ids = Array.from({ length: 1 + random.below(40) }, (_, index) => `i-bp${index}`);
  const framed = frame(draftFor(operation, ids, random), random);
  return withHostileServer(framed.answer, async (server) => {
    const inventory = ecsInventory({
      credentials: KEY,
      endpoint: server.url,
      runtime: virtualRuntime(NOW_MS),
      redact: redactor(SECRETS),
    });

    const asked = await outcomeOf(ASK[operation](inventory, ids, NOW_MS + timeoutMs));
    const isEnded = !framed.isHuge || framed.isShortOnWire === true;
    const isWhole = framed.readable !== undefined && isEnded;
    const isOutOfTime = typeof asked === 'object' && 'error' in asked && isLate(asked.error);
    // After a whole answer, the connection is kept for the next question.
    const held = isWhole && !isOutOfTime ? 0 : await server.heldConnections();

    return {
      what: `${operation} is answered with ${framed.what}, readable: ${excerptOf(framed)}; ${excerpt(asked)}`,
      problems: [
        ...(held === 0 ? [] : [`holds ${held} connections`]),
        ...(asked === 'hangs' ? ['does not end'] : problemsWith(asked, operation, ids, framed)),
      ],
    };
  });
}

const MAX_EXCERPT_LENGTH = 300;

function excerptOf({ readable }: Framed): string {
  if (readable === undefined) return 'nothing';
  const text = readable.body.toString('latin1').slice(0, MAX_EXCERPT_LENGTH);
  return `HTTP ${readable.status} ${JSON.stringify(text)}`;
}

function excerpt(asked: { value: unknown } | { error: unknown } | 'hangs'): string {
  if (asked === 'hangs') return asked;
  const shown = 'error' in asked ? reasonOf(asked.error) : JSON.stringify(asked.value);
  return String(shown).slice(0, MAX_EXCERPT_LENGTH);
}

const CODES: readonly string[] = [
  'Throttling',
  'Throttling.User',
  'FlowControl.Api',
  'TooManyRequests',
  'ServiceUnavailable',
  'InternalError',
  'SystemBusy',
  'Forbidden.RAM',
  'DryRunOperation',
  'InvalidInstanceId.NotFound',
  'SignatureDoesNotMatch',
  'constructor',
  '__proto__',
  'toString',
  'undefined',
  '',
];

function draftFor(operation: Operation, ids: readonly string[], random: Random): Draft {
  const isError = operation === 'mayLook' ? random.chance(0.8) : random.chance(0.3);
  const status = isError
    ? random.pick([300, 302, 400, 401, 403, 404, 418, 429, 451, 500, 502, 503, 504, 599, 600, 999])
    : random.pick([200, 200, 200, 200, 201, 204, 206, 299]);
  const body = isError ? errorJson(random) : listJson(operation, ids, random);
  const bytes = random.pick<() => Buffer>([
    () => hostileJson(body, random),
    () => hostileJson(body, random),
    () => hostileJson(spoilValue(body, random), random),
    () => hostileJson(spoilValue(body, random), random),
    () => hostileJson(spoilValue(spoilValue(body, random), random), random),
    () => hostileJson(hostileValue(random), random),
    () => Buffer.from(random.pick(['', ' ', '<html>Sign in</html>', 'ok', 'undefined', '1 1'])),
  ])();
  return {
    status,
    headers: random.chance(0.7)
      ? []
      : [
          random.pick([
            `x-acs-retry-after: ${random.pick(['0', '-1', '500', '1e9', '9'.repeat(300), 'soon'])}`,
            'content-type: application/xml; charset=utf-16',
            'location: http://127.0.0.1:1/',
            'connection: close',
          ]),
        ],
    body: bytes,
  };
}

function errorJson(random: Random): Json {
  const secret = random.pick(SECRETS);
  const words = random.pick([
    'no',
    `The specified signature does not match. server string to sign is:POST&${KEY.securityToken}`,
    `The token ${encodeURIComponent(secret)} is wrong`,
    `${'x'.repeat(random.below(210))}${secret}`,
    hostileText(random),
  ]);
  return {
    RequestId: random.pick(['0B2C', secret, hostileText(random)]),
    HostId: 'ecs.aliyuncs.com',
    Code: random.pick([random.pick(CODES), random.pick(CODES), `Denied.${secret}`]),
    Message: words,
    Recommend: 'https://api.aliyun.com/troubleshoot',
    ...(random.chance(0.2) && { AccessDeniedDetail: hostileValue(random) }),
  };
}

function listJson(operation: Operation, ids: readonly string[], random: Random): Json {
  const isStatus = operation === 'page' || operation === 'byIds';
  // As many as asked for, fewer, or more.
  const most = operation === 'page' ? PAGE_SIZE : ids.length;
  const count = random.pick([most, random.below(most + 1), most + 1 + random.below(3_000), 0]);
  const rows = Array.from({ length: count }, (_, index) => {
    // Some are there twice.
    const id = random.chance(0.05) ? 'i-bp0' : `i-bp${index}`;
    return isStatus
      ? { InstanceId: id, Status: random.pick(['Running', 'Stopped', 'constructor']) }
      : detailsJson(id, random);
  });
  const page = { RequestId: '0B2C', TotalCount: count, PageNumber: 1, PageSize: PAGE_SIZE };
  return isStatus
    ? { ...page, InstanceStatuses: { InstanceStatus: rows } }
    : { ...page, NextToken: '', Instances: { Instance: rows } };
}

function detailsJson(id: string, random: Random): Json {
  return {
    InstanceId: id,
    InstanceName: random.pick(['web-1', hostileText(random)]),
    ZoneId: 'cn-hangzhou-h',
    InstanceType: 'ecs.g7.large',
    CreationTime: '2026-01-02T03:04Z',
    VpcAttributes: { PrivateIpAddress: { IpAddress: ['10.0.0.1'] } },
    PublicIpAddress: { IpAddress: [] },
    InnerIpAddress: { IpAddress: [] },
    EipAddress: { IpAddress: '', AllocationId: '' },
    Tags: { Tag: [{ TagKey: hostileText(random), TagValue: hostileText(random) }] },
  };
}

function problemsWith(
  asked: { value: unknown } | { error: unknown },
  operation: Operation,
  ids: readonly string[],
  framed: Framed,
): readonly string[] {
  const right = rightAnswers(operation, ids, framed);
  if ('value' in asked) {
    const value = plain(asked.value);
    const isRight = right.value !== undefined && value === plain(right.value());
    return isRight ? [] : [`answers ${value.slice(0, MAX_EXCERPT_LENGTH)}`];
  }
  const { error } = asked;
  if (!(error instanceof InventoryError)) return [`throws ${error}`];
  const words = [error.code, error.message, error.requestId ?? '', reasonOf(error)];
  return [
    ...(isLate(error) || right.kinds.includes(error.kind)
      ? []
      : [`is ${error.kind}, not ${right.kinds.join(' or ') || 'an error'}`]),
    ...(words.some((word) => SECRETS.some((secret) => word.includes(secret.slice(0, LEAK_LENGTH))))
      ? ['shows a secret, or the beginning of one']
      : []),
    ...(words.every((word) => word.isWellFormed()) ? [] : ['says half a character']),
    ...(words.every((word) => word.length <= MAX_WORDS_LENGTH) ? [] : ['says too much']),
    ...(isTime(error.retryAfterMs) ? [] : [`asks to wait for ${error.retryAfterMs} ms`]),
  ];
}

/**
 * Did the time run out? On a busy machine the client's own timer may come before ours, and its error
 * has no code. Any answer may be late.
 */
function isLate(error: unknown): boolean {
  if (!(error instanceof InventoryError) || error.kind !== 'transient') return false;
  return error.code === 'Timeout' || error.code === 'NetworkError';
}

/** So much of a secret is too much. */
const LEAK_LENGTH = 12;
const MAX_WORDS_LENGTH = 1_000;

function isTime(ms: number | undefined): boolean {
  return ms === undefined || (Number.isSafeInteger(ms) && ms >= 0);
}

interface RightAnswers {
  /** The only right value; absent: only an error is right. */
  readonly value?: () => unknown;
  readonly kinds: readonly InventoryError['kind'][];
}

/** What a careful reader of the documents would make of the answer. */
function rightAnswers(
  operation: Operation,
  ids: readonly string[],
  { readable, isHuge, isMispacked }: Framed,
): RightAnswers {
  if (readable === undefined) return { kinds: ['transient'] };
  if (isHuge) return { kinds: ['transient', 'malformed'] };
  const right = rightReading(operation, ids, readable);
  return isMispacked === true ? { ...right, kinds: [...right.kinds, 'transient'] } : right;
}

function rightReading(operation: Operation, ids: readonly string[], readable: Draft): RightAnswers {
  const body = parsed(readable.body);
  if (readable.status >= 300) return rightRefusal(operation, readable.status, body);
  if (body === undefined) return { kinds: ['transient'] };
  if (operation === 'mayLook') return { value: () => false, kinds: ['transient'] };
  const isStatus = operation === 'page' || operation === 'byIds';
  const maxRows =
    operation === 'page' ? PAGE_SIZE : operation === 'secondOpinion' ? MAX_DETAILS : ids.length;
  const rows = isStatus ? statusRows(body, maxRows) : detailRows(body, maxRows);
  if (rows === undefined) return { kinds: ['malformed', 'transient'] };
  return { value: () => rightValue(operation, rows, body), kinds: ['transient'] };
}

type Fields = Readonly<Record<string, unknown>>;

function rightRefusal(operation: Operation, status: number, body: unknown): RightAnswers {
  const passing: RightAnswers['kinds'] = [status === 429 ? 'throttled' : 'transient'];
  if (typeof body !== 'object' || body === null) return { kinds: passing };
  const code = typeof (body as Fields).Code === 'string' ? String((body as Fields).Code) : '';
  if (code.startsWith('Forbidden')) {
    if (operation === 'mayLook') return { value: () => false, kinds: ['transient'] };
    if (operation === 'secondOpinion') return { value: () => 'refuses', kinds: ['transient'] };
  }
  if (code === 'DryRunOperation' && operation === 'mayLook') {
    return { value: () => true, kinds: ['transient'] };
  }
  if (status === 429 || /^(?:Throttling|FlowControl|TooManyRequests)/u.test(code)) {
    return { kinds: ['throttled'] };
  }
  if (/^(?:ServiceUnavailable|InternalError|SystemBusy)$/u.test(code)) {
    return { kinds: ['transient'] };
  }
  if (code === 'InvalidInstanceId.NotFound') return { kinds: ['not-found'] };
  if (status >= 500) return { kinds: ['transient'] };
  return { kinds: ['refused'] };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** No id that ECS gives looks otherwise, and no request can hold one that does. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_.-]{1,64}$/u.test(value);
}

/** The rows of a page that keeps every promise of the documents; else undefined. */
function statusRows(body: unknown, maxRows: number): readonly Fields[] | undefined {
  const page = fieldsOf(body);
  const rows = listOf(fieldsOf(page?.InstanceStatuses)?.InstanceStatus, maxRows);
  const { TotalCount: count, PageSize: size } = page ?? {};
  const isSound = isCount(count, 0) && (size === undefined || isCount(size, 1));
  const isEachSound = rows?.every((row) => isId(row.InstanceId) && isText(row.Status));
  return isSound && isEachSound ? rows : undefined;
}

function detailRows(body: unknown, maxRows: number): readonly Fields[] | undefined {
  const rows = listOf(fieldsOf(fieldsOf(body)?.Instances)?.Instance, maxRows);
  return rows?.every((row) => isId(row.InstanceId)) ? rows : undefined;
}

function listOf(value: unknown, maxRows: number): readonly Fields[] | undefined {
  if (!Array.isArray(value) || value.length > maxRows) return undefined;
  const rows = value.map(fieldsOf).filter((row) => row !== undefined);
  return rows.length === value.length ? rows : undefined;
}

function isCount(value: unknown, min: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min;
}

function rightValue(operation: Operation, rows: readonly Fields[], body: unknown): unknown {
  if (operation === 'secondOpinion') return rows.length > 0 ? 'contradicts' : 'agrees';
  const idOf = (row: Fields): string => String(row.InstanceId).toWellFormed();
  // What is not as it should be in the details of an instance is left out; which of them is as it
  // should be, is the subject of other tests.
  if (operation === 'details') return new Map(rows.map((row) => [idOf(row), {}]));
  const { TotalCount, PageSize = PAGE_SIZE } = body as Fields;
  return {
    statuses: new Map(rows.map((row) => [idOf(row), String(row.Status).toWellFormed()])),
    rows: rows.length,
    totalCount: TotalCount,
    pageSize: Math.min(Number(PageSize), PAGE_SIZE),
  };
}

/** A value as JSON, for comparing; the details of an instance without what is in them. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Map
      ? [...part].map(([id, of]) => [id, typeof of === 'object' ? {} : of])
      : part,
  );
}
