import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResponseBody,
  DescribeInstancesRequest,
  DescribeInstancesResponseBody,
  DescribeRegionsRequest,
  DescribeRegionsResponseBody,
} from '@alicloud/ecs20140526';

/**
 * The official models of @alicloud/ecs20140526, spelled as ECS sends and receives them: `pageSize`
 * is `PageSize` on the wire. They are types only, so the compiler holds the adapter to them and the
 * bundle does not contain them.
 */

/**
 * The parameters of a request. A list has one parameter an item, as `InstanceId.1`; a parameter that
 * is undefined is not sent.
 */
export type EcsQuery<M> = {
  readonly [K in keyof M as NonNullable<M[K]> extends readonly unknown[]
    ? `${OnWire<K>}.${number}`
    : OnWire<K>]?: string | undefined;
};

/** The fields of an answer: their names are those of the model, their values are not checked yet. */
export type EcsFields<M> = {
  readonly [K in keyof M as OnWire<K>]?: unknown;
};

/** The name of a model's property on the wire. The SDK's base class allows any string: not these. */
type OnWire<K> = K extends string ? (string extends K ? never : Capitalize<K>) : never;

/** The requests that the adapter sends, by action. */
export interface EcsRequests {
  readonly DescribeInstanceStatus: EcsQuery<DescribeInstanceStatusRequest>;
  readonly DescribeInstances: EcsQuery<DescribeInstancesRequest>;
  readonly DescribeRegions: EcsQuery<DescribeRegionsRequest>;
}

export type EcsStatusPage = DescribeInstanceStatusResponseBody;
export type EcsStatusList = NonNullable<EcsStatusPage['instanceStatuses']>;
export type EcsStatus = ItemOf<EcsStatusList['instanceStatus']>;

export type EcsInstancePage = DescribeInstancesResponseBody;
export type EcsInstanceList = NonNullable<EcsInstancePage['instances']>;
export type EcsInstance = ItemOf<EcsInstanceList['instance']>;
export type EcsVpc = NonNullable<EcsInstance['vpcAttributes']>;
export type EcsTag = ItemOf<NonNullable<EcsInstance['tags']>['tag']>;

export type EcsRegionPage = DescribeRegionsResponseBody;
export type EcsRegionList = NonNullable<EcsRegionPage['regions']>;
export type EcsRegion = ItemOf<EcsRegionList['region']>;

type ItemOf<L> = NonNullable<L> extends readonly (infer I)[] ? I : never;
