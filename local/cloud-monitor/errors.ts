import { ApiError } from '../ecs/errors.ts';

/** Source: CloudMonitor "PutResourceMetricRule", error codes. */
export const parameterInvalid = (words: string) => new ApiError(400, 'ParameterInvalid', words);

export const noPermission = () =>
  new ApiError(403, 'Forbidden.NoPermission', 'You are not authorized to access this resource.');
