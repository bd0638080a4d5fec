/** As much of the npm package `@alicloud/fc2` 2.6.6 as is used. The package ships no types. */
declare module '@alicloud/fc2' {
  interface Config {
    readonly accessKeyID: string;
    readonly accessKeySecret: string;
    readonly securityToken?: string;
    readonly region: string;
    readonly endpoint?: string;
    /** HTTPS; without it the default endpoint is plain HTTP. */
    readonly secure?: boolean;
    readonly timeout?: number;
  }

  interface Answer {
    readonly headers: Readonly<Record<string, string | undefined>>;
    /** Parsed where the answer has JSON as its content type. */
    readonly data: unknown;
  }

  class Client {
    constructor(accountId: string, config: Config);
    /** @throws an Error with a `code`, and the status in its message */
    invokeFunction(
      serviceName: string,
      functionName: string,
      event: string,
      headers?: Readonly<Record<string, string>>,
    ): Promise<Answer>;
  }

  // The package is CommonJS, and exports the class itself.
  export = Client;
}
