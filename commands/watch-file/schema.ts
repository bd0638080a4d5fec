import { z } from 'zod';
import {
  CLUSTER_ID,
  INSTANCE_ID,
  type Problem,
  patternProblem,
  regionProblem,
  ZONE_ID,
} from '../../shared/config/targets.ts';
import { type Shape, shape } from '../../shared/lib/shape.ts';

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

const checked = (problemOf: (value: string) => Problem) =>
  z
    .string({ error: missingOr('is not a text: put it in quotes') })
    .superRefine((value, context) => {
      const problem = problemOf(value);
      if (problem !== undefined) context.addIssue(problem);
    });

const text = ({ allows, words }: Shape) =>
  checked((value) => (allows(value) ? undefined : `is not ${words}`));

const listOf = <T extends z.ZodType>(item: T) =>
  z.array(item, { error: missingOr('is not a list') }).min(1, 'is an empty list');

/** `all`, or a list of regions. A union of zod reports only that neither of its sides fits. */
const regions = z.unknown().transform((value, context): 'all' | readonly string[] => {
  if (value === 'all') return value;
  const { data, error } = listOf(checked(regionProblem)).safeParse(value);
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
    allow: listOf(checked(patternProblem)).optional(),
    deny: listOf(checked(patternProblem)).optional(),
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
