import { ApiError } from '../ecs/errors.ts';

// Codes, statuses and texts of RAM "Error messages", https://www.alibabacloud.com/help/doc-detail/28746.htm,
// unless README.md says that they were chosen.

export const noPermission = () =>
  new ApiError(403, 'NoPermission', 'You are not authorized to do this action.');

export const invalidName = (name: string) =>
  new ApiError(
    400,
    `InvalidParameter.${name}.InvalidChars`,
    `The parameter - "${name}" contains invalid chars.`,
  );

export const tooLong = (name: string) =>
  new ApiError(
    400,
    `InvalidParameter.${name}.Length`,
    `The parameter - "${name}" beyond the length limit.`,
  );

export const malformedPolicy = () =>
  new ApiError(400, 'MalformedPolicyDocument', 'The policy document is malformed.');

export const sessionOutOfRange = () =>
  new ApiError(
    400,
    'InvalidParameter.MaxSessionDuration',
    'The parameter - "MaxSessionDuration" MUST be in the range of 3600 and 43200.',
  );

export const roleNotFound = () =>
  new ApiError(404, 'EntityNotExist.Role', 'The role does not exist.');

export const policyNotFound = () =>
  new ApiError(404, 'EntityNotExist.Policy', 'The policy does not exist.');

export const attachmentNotFound = () =>
  new ApiError(
    404,
    'EntityNotExist.Role.Policy',
    'The indicate policy attached to the role does not exist.',
  );

export const roleExists = () =>
  new ApiError(409, 'EntityAlreadyExists.Role', 'The role does already EXIST.');

export const policyExists = () =>
  new ApiError(409, 'EntityAlreadyExists.Policy', 'The policy does already EXIST.');

export const attachmentExists = () =>
  new ApiError(
    409,
    'EntityAlreadyExists.Role.Policy',
    'The role has already been attached this policy.',
  );

export const roleHasPolicies = () =>
  new ApiError(
    409,
    'DeleteConflict.Role.Policy',
    'The role CAN NOT has any attached policy while deleting the role.',
  );

export const policyIsAttached = () =>
  new ApiError(
    409,
    'DeleteConflict.Policy.Role',
    'The policy CAN NOT been attached to any role while deleting the policy.',
  );

export const policyHasVersions = () =>
  new ApiError(
    409,
    'DeleteConflict.Policy.Version',
    'The policy CAN NOT has any version except the default version.',
  );

export const tooManyVersions = () =>
  new ApiError(
    409,
    'LimitExceeded.Policy.Version',
    'The count of policy version beyond the current limits.',
  );
