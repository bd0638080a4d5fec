/** An answer of the view as a value; the wire around it belongs to the adapter. */
export interface ViewAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** What went wrong inside, for the log. */
  readonly problem?: string;
}
