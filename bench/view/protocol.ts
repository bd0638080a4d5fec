/** An answer as it goes over the wire. */
export interface Prebuilt {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** What a server of the benchmark says of its own process. */
export interface ServerUsage {
  readonly rss: number;
  readonly heapUsed: number;
  readonly cpuMs: number;
}
