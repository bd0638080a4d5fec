import { choice, requiredParameter } from '../ecs/parameters.ts';
import type { Parameters } from '../ecs/request.ts';
import type { Account, PolicyType, RamPolicy, RamRole } from './account.ts';
import { invalidName, malformedPolicy, policyNotFound, roleNotFound, tooLong } from './errors.ts';
import { type PolicyDocument, parsePolicy } from './policy.ts';

/** Source: models of @alicloud/ram20150501, CreateRoleRequest and CreatePolicyRequest. */
const MAX_ROLE_NAME = 64;
const MAX_POLICY_NAME = 128;
const MAX_DESCRIPTION = 1_024;
/** Source: model CreatePolicyVersionRequest, in bytes. */
const MAX_POLICY_BYTES = 6_144;

export function roleNameIn(parameters: Parameters): string {
  return nameIn(parameters, 'RoleName', /^[\w.-]+$/u, MAX_ROLE_NAME);
}

export function policyNameIn(parameters: Parameters): string {
  return nameIn(parameters, 'PolicyName', /^[A-Za-z0-9-]+$/u, MAX_POLICY_NAME);
}

function nameIn(parameters: Parameters, name: string, shape: RegExp, max: number): string {
  const value = requiredParameter(parameters, name);
  if (value.length > max) throw tooLong(name);
  if (!shape.test(value)) throw invalidName(name);
  return value;
}

export function descriptionIn(parameters: Parameters, name = 'Description'): string | undefined {
  const value = parameters.get(name);
  if (value !== undefined && value.length > MAX_DESCRIPTION) throw tooLong(name);
  return value;
}

export function documentIn(
  parameters: Parameters,
  name: string,
): { readonly text: string; readonly document: PolicyDocument } {
  const text = requiredParameter(parameters, name);
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) throw tooLong(name);
  const document = parsePolicy(text);
  if (document === undefined) throw malformedPolicy();
  return { text, document };
}

export function policyTypeIn(parameters: Parameters): PolicyType {
  return choice(parameters, 'PolicyType', ['Custom', 'System']);
}

/** The role that a call names. @throws {ApiError} */
export function roleIn(parameters: Parameters, account: Account): RamRole {
  const role = account.role(roleNameIn(parameters));
  if (role === undefined) throw roleNotFound();
  return role;
}

/** The custom policy that a call names. @throws {ApiError} */
export function policyIn(parameters: Parameters, account: Account): RamPolicy {
  const policy = account.policy(policyNameIn(parameters));
  if (policy === undefined) throw policyNotFound();
  return policy;
}

/** `acs:ram:*:ACCOUNT:role/NAME` and the like, as policies about RAM have it. */
export function ramResource(
  parameters: Parameters,
  { id }: Account,
  kind: 'role' | 'policy',
): string {
  const name = parameters.get(kind === 'role' ? 'RoleName' : 'PolicyName') ?? '*';
  return `acs:ram:*:${id}:${kind}/${name}`;
}
