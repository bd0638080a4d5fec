/** Who has signed a call. */
export interface Caller {
  readonly accountId: string;
  /** As a trust policy names it: `acs:ram::ACCOUNT:user/NAME` or `acs:ram::ACCOUNT:role/NAME`. */
  readonly principal: string;
  readonly kind: 'RAMUser' | 'AssumedRoleUser';
}
