/** Is this a whole number from 0, as counts and the numbers of commits are, that arithmetic keeps exact? */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
