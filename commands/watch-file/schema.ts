import { z } from 'zod';
import {
  CLUSTER_ID,
  INSTANCE_ID,
  REGION_ID,
  REGION_PATTERN,
  ZONE_ID,
} from '../../shared/config/targets.ts';
import { type Shape, shape } from '../../shared/lib/shape.ts';
import { regionsLike } from './region-ids.ts';
import { suggestion } from './suggest.ts';

/** Stands in scope keys, addresses and messages. */
const ALIAS = shape(
  /^(?!(?:watcher|channel)$)[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/u,
  'an alias (1–32 letters, digits, hyphens or underscores; watcher and channel are taken)',
);
/** Source: STS AssumeRole, `RoleArn`; RAM CreateRole, `RoleName`: 1 to 64 characters. */
const ROLE_ARN = shape(
  /^acs:ram::\d{10,20}:role\/[\w.-]{1,64}$/u,
  'a role ARN such as acs:ram::1234567890123456:role/ecs-watch-member',
);
/** Source: STS AssumeRole, `ExternalId`: 2 to 1,224 characters. */
const EXTERNAL_ID = shape(
  /^(?:\$\{env:[A-Za-z_]\w*\}|[\w+=,.@:/-]{2,1224})$/u,
  `an external id (2–1224 letters, digits or + = , . @ : / - _), or \${env:NAME}`,
);

const text = (allowed: Shape) =>
  z
    .string({ error: missingOr('is not a text: put it in quotes') })
    .superRefine((value, context) => {
      if (!allowed.allows(value)) context.addIssue(`is not ${allowed.words}`);
    });

const listOf = <T extends z.ZodType>(item: T) =>
  z.array(item, { error: missingOr('is not a list') }).min(1, 'is an empty list');

const region = text(REGION_ID).superRefine((id, context) => {
  const meant = suggestion(id, regionsLike(id));
  if (meant !== '') context.addIssue(`is not a known region${meant}`);
});

/** A region id, or part of one with `*`. */
const pattern = text(REGION_PATTERN).superRefine((id, context) => {
  const meant = id.includes('*') ? '' : suggestion(id, regionsLike(id));
  if (meant !== '') context.addIssue(`is not a known region${meant}`);
});

/** `all`, or a list of regions. A union of zod reports only that neither of its sides fits. */
const regions = z.unknown().transform((value, context): 'all' | readonly string[] => {
  if (value === 'all') return value;
  const { data, error } = listOf(region).safeParse(value);
  for (const { message, path } of error?.issues ?? [])
    context.addIssue({ code: 'custom', message, path });
  return data ?? z.NEVER;
});

const account = z.strictObject(
  {
    alias: text(ALIAS),
    roleArn: text(ROLE_ARN).optional(),
    externalId: text(EXTERNAL_ID).optional(),
    regions,
    allow: listOf(pattern).optional(),
    deny: listOf(pattern).optional(),
    zone: text(ZONE_ID).optional(),
    cluster: text(CLUSTER_ID).optional(),
    instanceIds: listOf(text(INSTANCE_ID)).optional(),
  },
  { error: missingOr('is not a group of settings') },
);

/** The file as it is written; what its entries say together is checked in `entries.ts`. */
export const FILE = z.strictObject(
  { accounts: listOf(account) },
  { error: missingOr('is not a group of settings') },
);

export type Entry = z.infer<typeof account>;

/** The settings of an account, as suggestions for misspelt ones. */
export const ENTRY_SETTINGS = Object.keys(account.shape);
export const FILE_SETTINGS = Object.keys(FILE.shape);

function missingOr(otherwise: string) {
  return ({ input }: { readonly input?: unknown }): string =>
    input === undefined || input === null ? 'is missing' : otherwise;
}
