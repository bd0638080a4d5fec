import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResponseBody,
  DescribeInstancesRequest,
  DescribeInstancesResponseBody,
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
export type Query<M> = {
  readonly [K in keyof M as NonNullable<M[K]> extends readonly unknown[]
    ? `${OnWire<K>}.${number}`
    : OnWire<K>]?: string | undefined;
};

/** The fields of an answer: their names are those of the model, their values are not checked yet. */
export type Fields<M> = {
  readonly [K in keyof M as OnWire<K>]?: unknown;
};

/** The name of a model's property on the wire. The SDK's base class allows any string: not these. */
type OnWire<K> = K extends string ? (string extends K ? never : Capitalize<K>) : never;

/** The requests that the adapter sends, by action. */
export interface Requests {
  readonly DescribeInstanceStatus: Query<DescribeInstanceStatusRequest>;
  readonly DescribeInstances: Query<DescribeInstancesRequest>;
}

export type StatusPage = DescribeInstanceStatusResponseBody;
export type StatusList = NonNullable<StatusPage['instanceStatuses']>;
export type StatusRow = Item<StatusList['instanceStatus']>;

export type InstancePage = DescribeInstancesResponseBody;
export type InstanceList = NonNullable<InstancePage['instances']>;
export type InstanceRow = Item<InstanceList['instance']>;
export type InstanceVpc = NonNullable<InstanceRow['vpcAttributes']>;
export type InstanceTag = Item<NonNullable<InstanceRow['tags']>['tag']>;

type Item<L> = NonNullable<L> extends readonly (infer I)[] ? I : never;
