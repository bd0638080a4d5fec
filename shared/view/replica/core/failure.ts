/** An error as ECS answers it. Clients decide by `code`. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** More for the log of the view. */
  readonly problem?: string;
}

export function isFailure(value: object): value is Failure {
  return 'code' in value && 'status' in value;
}

// Codes, statuses and texts are those of the tables of ECS and its gateway:
// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-error-codes
// https://help.aliyun.com/document_detail/48054.html

export const API_NOT_FOUND: Failure = {
  status: 404,
  code: 'InvalidApi.NotFound',
  message: 'Specified api is not found, please check your url and method.',
};

/** The answer of a view that has no key to check signatures with. */
export const SWITCHED_OFF: Failure = {
  status: 404,
  code: 'InvalidApi.NotFound',
  message:
    'this view answers no API calls: set REPLICA_ACCESS_KEY_ID and REPLICA_ACCESS_KEY_SECRET, and ' +
    'it answers DescribeInstanceStatus as ECS does to clients that sign with that key pair',
};

export const UNSUPPORTED_METHOD: Failure = {
  status: 403,
  code: 'UnsupportedHTTPMethod',
  message: 'This http method is not supported.',
};

/** A part of every request that the gateway itself needs, such as `Timestamp`. */
export function missingPart(name: string): Failure {
  return { status: 400, code: `Missing${name}`, message: `${name} is mandatory for this action.` };
}

/** 404 is what live logs show (aylei/aliyun-exporter#36); one of the two tables says 400. */
export const ACCESS_KEY_NOT_FOUND: Failure = {
  status: 404,
  code: 'InvalidAccessKeyId.NotFound',
  message: 'Specified access key is not found.',
};

/** The key pair of the replica is a permanent one, so no security token belongs to it. */
export const TOKEN_MISMATCH: Failure = {
  status: 400,
  code: 'InvalidSecurityToken.MismatchWithAccessKey',
  message: 'Specified SecurityToken mismatch with the AccessKey.',
};

export const INCOMPLETE_SIGNATURE: Failure = {
  status: 400,
  code: 'IncompleteSignature',
  message: 'The request signature does not conform to Aliyun standards.',
};

export const TIMESTAMP_MALFORMED: Failure = {
  status: 400,
  code: 'InvalidTimeStamp.Format',
  message: 'Specified time stamp or date value is not well formatted.',
};

export const TIMESTAMP_EXPIRED: Failure = {
  status: 400,
  code: 'InvalidTimeStamp.Expired',
  message: 'Specified time stamp or date value is expired.',
};

export function signatureMismatch(message: string): Failure {
  return { status: 400, code: 'SignatureDoesNotMatch', message };
}

export const NONCE_USED: Failure = {
  status: 400,
  code: 'SignatureNonceUsed',
  message: 'Specified signature nonce was used already.',
};

// --- Of the operation:
// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstancestatus

export function missingParameter(name: string): Failure {
  const message = `The input parameter "${name}" that is mandatory for processing this request is not supplied.`;
  return { status: 400, code: 'MissingParameter', message };
}

export function invalidParameter(name: string): Failure {
  return {
    status: 400,
    code: 'InvalidParameter',
    message: `The specified parameter "${name}" is not valid.`,
  };
}

/** ECS knows no such region; the replica knows only those that are watched. */
export const REGION_NOT_FOUND: Failure = {
  status: 404,
  code: 'InvalidRegionId.NotFound',
  message: 'The specified RegionId does not exist.',
};

export const ZONE_NOT_FOUND: Failure = {
  status: 404,
  code: 'InvalidZoneId.NotFound',
  message: 'The ZoneId provided does not exist in our records.',
};

export const TOO_MANY_IDS: Failure = {
  status: 403,
  code: 'InvalidParameter.TooManyInstanceIds',
  message: 'Instance ids cannot be more than 100.',
};

export const MALFORMED_ID: Failure = {
  status: 403,
  code: 'Abs.InvalidInstanceIds.MalFormed',
  message: 'The specified instanceIds is not valid.',
};

/** ECS's text, and why the replica has no true answer. */
export function unavailable(reason: string): Failure {
  return {
    status: 503,
    code: 'ServiceUnavailable',
    message: `The request has failed due to a temporary failure of the server: ${reason}.`,
    problem: reason,
  };
}

export function internalError(problem: string): Failure {
  return {
    status: 500,
    code: 'InternalError',
    message: 'The request processing has failed due to some unknown error.',
    problem,
  };
}
