/** The role that lets the watcher into another account. */
export interface Role {
  /** `acs:ram::ACCOUNT:role/NAME`. */
  readonly arn: string;
  /** What the role's trust policy asks for as `sts:ExternalId`. */
  readonly externalId?: string;
}
