/** Where the documents are silent or contradict each other, a test may choose. README.md has the reasons. */
export interface Undocumented {
  /** DescribeInstanceStatus with a PageSize above 50: refuse it, or answer 50. */
  readonly pageSizeAboveMaximum: 'error' | 'clamp';
  /** Asking DescribeInstanceStatus for an id that is not there: leave it out, or 404. */
  readonly unknownInstanceIds: 'missing' | 'error';
  readonly throttlingStatus: 400 | 429;
  /** Sent with throttling as `x-acs-retry-after`; `undefined`: not sent. */
  readonly retryAfterMs: number | undefined;
}

export const UNDOCUMENTED_DEFAULTS: Undocumented = {
  pageSizeAboveMaximum: 'error',
  unknownInstanceIds: 'missing',
  throttlingStatus: 400,
  retryAfterMs: undefined,
};
