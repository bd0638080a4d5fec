/** Something wrong with the file, and where: the way to it from the top. */
export interface FileProblem {
  readonly path: readonly (string | number)[];
  readonly words: string;
  /** The setting itself is wrong, not its value. */
  readonly isSetting?: true;
  /** Of a misspelt setting: the one that is meant. */
  readonly meant?: string;
}
