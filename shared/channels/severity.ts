import type { Digest } from '../delivery/core/digest.ts';

/** What a colour says of a whole message. */
export type Severity = 'bad' | 'good' | 'neutral';

const BAD_SYMBOLS: readonly string[] = ['🔴', '⚠️'];
const GOOD_SYMBOL = '🟢';

/** The worst line decides. A message is good only if all of its lines are. */
export function severityOf({ lines }: Digest): Severity {
  if (lines.some(({ symbol }) => BAD_SYMBOLS.includes(symbol))) return 'bad';
  return lines.length > 0 && lines.every(({ symbol }) => symbol === GOOD_SYMBOL)
    ? 'good'
    : 'neutral';
}
