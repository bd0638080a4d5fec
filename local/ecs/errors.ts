/**
 * An error answer. Clients decide by `Code`; statuses and texts are those of the ECS tables,
 * https://www.alibabacloud.com/help/en/ecs/developer-reference/api-error-codes, unless a source
 * is given beside them.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Members of the body besides the usual ones. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: Partial<Pick<ApiError, 'details' | 'headers' | 'cause'>> = {},
  ) {
    super(message, { cause: more.cause });
    this.status = status;
    this.code = code;
    this.details = more.details ?? {};
    this.headers = more.headers ?? {};
  }
}

// --- The gateway: is this a call, and is it signed? Texts: https://help.aliyun.com/document_detail/48054.html

export const apiNotFound = () =>
  new ApiError(
    404,
    'InvalidApi.NotFound',
    'Specified api is not found, please check your url and method.',
  );

export const unsupportedHttpMethod = () =>
  new ApiError(403, 'UnsupportedHTTPMethod', 'This http method is not supported.');

/** A parameter that the gateway itself needs: `MissingTimestamp` and the like. */
export const missing = (name: string) =>
  new ApiError(400, `Missing${name}`, `${name} is mandatory for this action.`);

// 404 is what live logs show (aylei/aliyun-exporter#36); one of the two tables says 400.
export const accessKeyNotFound = () =>
  new ApiError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');

export const incompleteSignature = () =>
  new ApiError(
    400,
    'IncompleteSignature',
    'The request signature does not conform to Aliyun standards.',
  );

export const signatureDoesNotMatch = (message: string) =>
  new ApiError(400, 'SignatureDoesNotMatch', message);

export const signatureNonceUsed = () =>
  new ApiError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');

export const timestampMalformed = () =>
  new ApiError(
    400,
    'InvalidTimeStamp.Format',
    'Specified time stamp or date value is not well formatted.',
  );

export const timestampExpired = () =>
  new ApiError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');

export const securityTokenMismatch = () =>
  new ApiError(
    400,
    'InvalidSecurityToken.MismatchWithAccessKey',
    'Specified SecurityToken mismatch with the AccessKey.',
  );

export const securityTokenExpired = () =>
  new ApiError(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');

export const forbiddenRam = (action: string) =>
  new ApiError(
    403,
    'Forbidden.RAM',
    "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    {
      details: {
        AccessDeniedDetail: { AuthAction: `ecs:${action}`, NoPermissionType: 'ImplicitDeny' },
      },
    },
  );

/** `retryAfterMs` is sent when it is given; whether ECS sends it is not documented. */
export const throttled = (status: number, retryAfterMs: number | undefined) =>
  new ApiError(status, 'Throttling.User', 'Request was denied due to user flow control.', {
    headers: retryAfterMs === undefined ? {} : { 'x-acs-retry-after': String(retryAfterMs) },
  });

/** The real text hides the cause; here the cause is a bug or a test, and worth reading. */
export const internalError = (cause: unknown) =>
  new ApiError(500, 'InternalError', String(cause), { cause });

// --- Parameters

export const missingParameter = (name: string) =>
  new ApiError(
    400,
    'MissingParameter',
    `The input parameter "${name}" that is mandatory for processing this request is not supplied.`,
  );

export const invalidParameter = (name: string) =>
  new ApiError(400, 'InvalidParameter', `The specified parameter "${name}" is not valid.`);

export const regionNotFound = () =>
  new ApiError(404, 'InvalidRegionId.NotFound', 'The specified RegionId does not exist.');

export const zoneNotFound = () =>
  new ApiError(404, 'InvalidZoneId.NotFound', 'The ZoneId provided does not exist in our records.');

/** `InvalidAcceptLanguage.NotFound` and the like. */
export const notFound = (code: string, name: string) =>
  new ApiError(404, `${code}.NotFound`, `The specified ${name} is not found.`);

export const tooManyInstanceIds = () =>
  new ApiError(403, 'InvalidParameter.TooManyInstanceIds', 'Instance ids cannot be more than 100.');

export const instanceIdMalformed = () =>
  new ApiError(403, 'Abs.InvalidInstanceIds.MalFormed', 'The specified instanceIds is not valid.');

// --- Instances

export const instanceNotFound = () =>
  new ApiError(404, 'InvalidInstanceId.NotFound', 'The specified InstanceId does not exist.');

export const incorrectInstanceStatus = () =>
  new ApiError(
    403,
    'IncorrectInstanceStatus',
    'The current status of the resource does not support this operation.',
  );

/** The answer to releasing what is still being created or started. */
export const instanceInitializing = () =>
  new ApiError(
    403,
    'IncorrectInstanceStatus.Initializing',
    'The specified instance status does not support this operation.',
  );

export const chargeTypeViolation = () =>
  new ApiError(
    403,
    'ChargeTypeViolation',
    'The operation is not permitted due to charge type of the instance.',
  );

/** An error that says that everything is right; the batch operations spell its code differently. */
export const dryRun = (code: 'DryRunOperation' | 'DRYRUN.SUCCESS') =>
  new ApiError(400, code, 'Request validation has been passed with DryRun flag set.');
