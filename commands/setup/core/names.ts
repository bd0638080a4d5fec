/** What an environment calls its functions, roles and policies. */
export interface Names {
  readonly watch: string;
  readonly scan: string;
  readonly writer: string;
  readonly reader: string;
  readonly enter: string;
  readonly notes: string;
  readonly member: string;
}

/** Two environments share an account, so everything that has a name begins with theirs. */
export function namesOf(environment: string): Names {
  return {
    watch: `${environment}-watch`,
    scan: `${environment}-scan`,
    writer: `${environment}-writer`,
    reader: `${environment}-reader`,
    enter: `${environment}-enter`,
    notes: `${environment}-notes`,
    member: `${environment}-member`,
  };
}
