/** Why a call of the API is refused. https://www.alibabacloud.com/help/en/functioncompute/error-codes */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function invalidArgument(message: string): ApiError {
  return new ApiError(400, 'InvalidArgument', message);
}

export function functionNotFound(name: string): ApiError {
  return new ApiError(404, 'FunctionNotFound', `function '${name}' does not exist`);
}

export function triggerNotFound(name: string): ApiError {
  return new ApiError(404, 'TriggerNotFound', `trigger '${name}' does not exist`);
}
