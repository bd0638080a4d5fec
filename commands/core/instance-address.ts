/** What the address of a Tablestore instance says of it. */
export interface InstancePlace {
  /** In lower case. */
  readonly name: string;
  readonly regionId: string;
  /** Only machines and functions in a VPC reach it. */
  readonly isInVpc: boolean;
}

/** Source: Tablestore "Endpoints": `NAME.REGION.ots.aliyuncs.com`, `NAME.REGION.vpc.tablestore.aliyuncs.com`. */
const HOST =
  /^(?<name>[a-z0-9-]+)\.(?<regionId>[a-z0-9-]+)\.(?<kind>ots|tablestore|vpc\.ots|vpc\.tablestore|ots-internal)\.aliyuncs\.com$/u;
const PUBLIC_KINDS: readonly string[] = ['ots', 'tablestore'];

/** The public address that Tablestore gives an instance. */
export function instanceAddress(name: string, regionId: string): string {
  return `https://${name.toLowerCase()}.${regionId}.ots.aliyuncs.com`;
}

/** Undefined for an address that Tablestore has not given, such as that of a local cloud. */
export function instanceAt(endpoint: string): InstancePlace | undefined {
  const { name, regionId, kind } = HOST.exec(new URL(endpoint).hostname)?.groups ?? {};
  if (name === undefined || regionId === undefined || kind === undefined) return undefined;
  return { name, regionId, isInVpc: !PUBLIC_KINDS.includes(kind) };
}
