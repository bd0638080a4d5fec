/** The part of Function Compute's context that the functions use. Source: FC 3.0, Node.js. */
export interface FunctionContext {
  readonly requestId?: string;
  /** Empty when the function has no role. */
  readonly credentials?: {
    readonly accessKeyId?: string;
    readonly accessKeySecret?: string;
    readonly securityToken?: string;
  };
  /** The function's own settings; `timeout` in seconds. */
  readonly function?: { readonly timeout?: number };
  /** Where the function runs. */
  readonly region?: string;
  readonly accountId?: string;
  /** A function of FC 2.0 belongs to a service, which has a name; one of FC 3.0 to none. */
  readonly service?: { readonly name?: string };
}
