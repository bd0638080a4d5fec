/** A key of the account, which may sign requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The token of a temporary (STS) key; every request signed with that key must carry it. */
  readonly securityToken?: string;
}
