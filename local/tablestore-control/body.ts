import { invalidParameter } from '../ecs/errors.ts';
import type { ApiCall } from '../ecs/request.ts';
import { instanceNotFound, parameterInvalid } from './errors.ts';
import { type Instance, type Instances, NETWORKS, type Network } from './instances.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The JSON body of a call in the style ROA. @throws {ApiError} */
export function bodyOf({ body }: ApiCall): Fields {
  try {
    return Object(JSON.parse(body.toString()));
  } catch {
    throw parameterInvalid('The body is no JSON object.');
  }
}

/** @throws {ApiError} */
export function nameIn(fields: Fields): string {
  const { InstanceName: name } = fields;
  if (typeof name !== 'string' || name === '') throw parameterInvalid('InstanceName is missing.');
  return name;
}

/** @throws {ApiError} */
export function instanceIn(fields: Fields, instances: Instances): Instance {
  const instance = instances.get(nameIn(fields));
  if (instance === undefined) throw instanceNotFound();
  return instance;
}

/** @throws {ApiError} */
export function networksIn({ NetworkTypeACL: list }: Fields): readonly Network[] | undefined {
  if (list === undefined) return undefined;
  const isNetwork = (network: unknown): network is Network =>
    NETWORKS.some((known) => known === network);
  if (!Array.isArray(list) || !list.every(isNetwork)) throw invalidParameter('NetworkTypeACL');
  return list;
}

/** As policies name it. Source: Tablestore "RAM policies". */
export function instanceResource({ accountId, regionId }: Instances, name: string): string {
  return `acs:ots:${regionId}:${accountId}:instance/${name.toLowerCase()}`;
}
