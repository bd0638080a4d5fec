/** The keys that sign requests to Alibaba Cloud. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Only temporary keys, those of a role, have one. */
  readonly securityToken?: string;
}
