/** What Function Compute passes to a handler, as far as it is used. Source: FC 3.0, Node.js. */
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
}
