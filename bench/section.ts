/** One part of the benchmark: its results as text, and the figures that have a limit. */
export interface Section {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly targets: readonly Target[];
}

/** A figure that the project promises. */
export interface Target {
  readonly what: string;
  readonly figure: number;
  readonly is: 'at most' | 'at least';
  readonly limit: number;
  /** The unit of the figure, e.g. `× bound` or `puts/s`. */
  readonly unit: string;
}

export function isMet({ figure, is, limit }: Target): boolean {
  return is === 'at most' ? figure <= limit : figure >= limit;
}

/** A Markdown table; every row has as many cells as the head. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
