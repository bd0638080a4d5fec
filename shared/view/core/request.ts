/** Name → value. Several values of one name are joined by commas. */
export type QueryParameters = ReadonlyMap<string, string>;
