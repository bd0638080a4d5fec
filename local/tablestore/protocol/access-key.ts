/** Who may sign requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of temporary credentials. */
  readonly securityToken?: string;
}
