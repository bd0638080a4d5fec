import type { Standing } from '../../core/message.ts';
import { clockTime } from '../../core/notice-text.ts';
import { duration } from '../../core/time.ts';

/** What a line says of an instance besides its moves; `status`: the last one. */
export function standingText(what: Standing['what'], status: string): string {
  switch (what.kind) {
    case 'lasting':
      return `has been ${status} for ${duration(what.forMs)}`;
    case 'flapping':
      return (
        `changed ${what.flips} times since ${clockTime(what.sinceMs)} UTC; further changes are ` +
        'counted and posted once it is quiet'
      );
    case 'settled':
      return (
        `quiet again after ${what.flips} changes since ${clockTime(what.sinceMs)} UTC; its changes ` +
        'are posted again'
      );
  }
}
