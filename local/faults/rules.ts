/** What a field of a fault accepts. */
export interface FieldRule {
  /** Completes the sentence "FIELD must be …". */
  readonly wants: string;
  readonly isOptional?: boolean;
  accepts(value: unknown): boolean;
}

/** Fields by their name. */
export type FaultFields = Readonly<Record<string, FieldRule>>;

export const optionalField = (rule: FieldRule): FieldRule => ({ ...rule, isOptional: true });

export const numberBetween = (wants: string, low: number, high: number): FieldRule => ({
  wants,
  accepts: (value) => typeof value === 'number' && value >= low && value <= high,
});

export const wholeNumber = (
  wants: string,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): FieldRule => ({
  wants,
  accepts: (value) => Number.isSafeInteger(value) && numberBetween(wants, low, high).accepts(value),
});

export const listOf = ({ wants, accepts }: FieldRule): FieldRule => ({
  wants: `a list, each ${wants}`,
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(accepts),
});

export const oneOf = (...choices: readonly string[]): FieldRule => ({
  wants: `one of ${choices.join(', ')}`,
  accepts: (value) => choices.some((choice) => choice === value),
});

export const count = wholeNumber('a whole number, 0 or more', 0);
export const positive = wholeNumber('a whole number, 1 or more', 1);
export const probability = numberBetween('a number from 0 to 1', 0, 1);
export const milliseconds = numberBetween('a number of milliseconds, 0 or more', 0, 86_400_000);

export const filledText: FieldRule = {
  wants: 'a text',
  accepts: (value) => typeof value === 'string' && value !== '',
};
