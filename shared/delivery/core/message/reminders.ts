import type { Message, MessageChange } from '../../../core/message.ts';
import { inLargestUnit } from '../../../core/time.ts';
import { MAX_NAMED } from './groups.ts';
import type { NoticeNews } from './notices.ts';
import { instanceLine, nameOf, type Setting } from './story-line.ts';
import type { Segment } from './title.ts';

const REMINDER_SYMBOL = '⏰';

/** An instance that stays as bad as it was said to be. */
interface Staying {
  readonly scope: string;
  readonly change: MessageChange;
  readonly sinceMs: number;
}

/** Those that a message says again, the longest so first. */
function stayingIn({ reminders = [] }: Pick<Message, 'reminders'>): readonly Staying[] {
  return reminders
    .flatMap(({ scope, atMs, changes }) =>
      changes.map((change) => ({ scope, change, sinceMs: change.fromSinceMs ?? atMs })),
    )
    .sort((one, other) => one.sinceMs - other.sinceMs);
}

/** A line for each of them. It is no news, so that it stands behind what is bad and new. */
export function remindersIn(message: Message, setting: Setting): readonly NoticeNews[] {
  return stayingIn(message).map((one) => ({
    severity: 'neutral',
    symbol: REMINDER_SYMBOL,
    title: () => textOf(one, setting),
    line: () => {
      const { scope, change, sinceMs } = one;
      const text = textOf(one, setting);
      const when = setting.clock.time(sinceMs);
      return instanceLine({ symbol: REMINDER_SYMBOL, scope, change, text, when }, setting);
    },
  }));
}

/** `⏰ 3 still stopped: db-1, web-2, web-1`; one has its name and how long it has been so. */
export function reminderSegments(message: Message, setting: Setting): readonly Segment[] {
  const staying = stayingIn(message);
  const [first, ...others] = staying;
  if (first === undefined) return [];
  const text = (maxNames: number): string => {
    if (others.length === 0) {
      return `${nameOf(first.change, setting)} ${textOf(first, setting)}`;
    }
    const shown = staying.slice(0, Math.min(maxNames, MAX_NAMED));
    const names = shown.map(({ change }) => nameOf(change, setting));
    return setting.words.manyTitle(staying.length, setting.words.stillMany, names);
  };
  return [{ severity: 'neutral', text: (names) => `${REMINDER_SYMBOL} ${text(names)}` }];
}

function textOf({ change, sinceMs }: Staying, { words, nowMs }: Setting): string {
  const { count, unit } = inLargestUnit(nowMs - sinceMs);
  const duration = words.counts[unit](count);
  const isAtLeast = change.fromSinceKnown !== true;
  return words.still({ duration, isAtLeast });
}
