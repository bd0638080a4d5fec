import { ApiError } from '../ecs/errors.ts';

// Codes, statuses and texts of https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole

/** A parameter of the wrong form, as `InvalidParameter.RoleArn`. */
export const wronglyFormed = (name: string) =>
  new ApiError(400, `InvalidParameter.${name}`, `The parameter ${name} is wrongly formed.`);

export const durationOutOfRange = () =>
  new ApiError(
    400,
    'InvalidParameter.DurationSeconds',
    'The Min/Max value of DurationSeconds is 15min/1hr.',
  );

export const roleNotFound = () =>
  new ApiError(404, 'EntityNotExist.Role', 'The specified Role not exists.');

/** For a wrong external id as well: the caller does not learn what the trust policy asks for. */
export const noPermission = () =>
  new ApiError(
    403,
    'NoPermission',
    'You are not authorized to do this action. You should be authorized by RAM.',
  );
