/** A type of instances, as far as it is known here. */
export interface InstanceType {
  readonly id: string;
  readonly category: string;
  readonly cpuCores: number;
  readonly memoryGib: number;
}

/** The families of which fleets are made, and their memory for each core. Source: ECS, "Instance families". */
const FAMILIES = [
  { id: 'ecs.c7', category: 'Compute-optimized', gibPerCore: 2 },
  { id: 'ecs.g7', category: 'General-purpose', gibPerCore: 4 },
  { id: 'ecs.r7', category: 'Memory-optimized', gibPerCore: 8 },
];

/** The cores of each size: those of all sizes of a family that fleets use, and those between them. */
const SIZES = { large: 2, xlarge: 4, '2xlarge': 8, '4xlarge': 16 };

/** By family, then by size. */
export const INSTANCE_TYPES: readonly InstanceType[] = FAMILIES.flatMap((family) =>
  Object.entries(SIZES).map(([size, cpuCores]) => ({
    id: `${family.id}.${size}`,
    category: family.category,
    cpuCores,
    memoryGib: cpuCores * family.gibPerCore,
  })),
);

/** Undefined for a type that is not in the table: instances may be of any type. */
export function instanceTypeOf(id: string): InstanceType | undefined {
  return INSTANCE_TYPES.find((type) => type.id === id);
}

/** `ecs.g7` of `ecs.g7.large`. */
export function familyOf(instanceType: string): string {
  return instanceType.replace(/\.[^.]*$/, '');
}
