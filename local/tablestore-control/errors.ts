import { ApiError } from '../ecs/errors.ts';

// The API reference names no codes; README.md says how these were chosen.

export const instanceNotFound = () =>
  new ApiError(404, 'OTSObjectNotExist', 'The instance does not exist.');

export const instanceExists = () =>
  new ApiError(409, 'OTSObjectAlreadyExist', 'The instance name already exists.');

export const instanceHasTables = () =>
  new ApiError(403, 'OTSInstanceNotEmpty', 'The instance still has tables.');

export const parameterInvalid = (words: string) => new ApiError(400, 'OTSParameterInvalid', words);

export const noPermission = () =>
  new ApiError(
    403,
    'OTSNoPermissionAccess',
    'You have no permission to access the requested resource.',
  );
