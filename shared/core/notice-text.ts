import type { Notice } from './model.ts';
import { cleanText, counted } from './text.ts';

const NOTICE_SYMBOL = '📋';
const WARNING_SYMBOL = '⚠️';

/** What a notice says to people. */
export function noticeText(notice: Notice): readonly [symbol: string, text: string] {
  switch (notice.kind) {
    case 'baseline':
      if (notice.since !== undefined) {
        return [
          WARNING_SYMBOL,
          'The stored snapshot was damaged. What the journal still held was kept; the rest is a ' +
            `new baseline: ${counted(notice.instances, 'instance')}. Releases among the rest in the ` +
            'meantime cannot be known.',
        ];
      }
      return [
        NOTICE_SYMBOL,
        `Watching ${counted(notice.instances, 'instance')} from now on. Changes will be posted here.`,
      ];
    case 'suspicious-scan':
      return [
        WARNING_SYMBOL,
        `${notice.missing} of ${counted(notice.known, 'instance')} vanished at once. They are not ` +
          'reported as released until several scans agree: a lost permission looks the same.',
      ];
    case 'suspicion-lifted':
      return [NOTICE_SYMBOL, `The ${counted(notice.missing, 'instance')} that vanished are back.`];
    case 'scans-failing':
      return [
        WARNING_SYMBOL,
        `${counted(notice.failures, 'scan')} in a row failed since ${clockTime(notice.sinceMs)} UTC ` +
          `(${cleanText(notice.reason, 120)}). Changes are not seen until this is fixed.`,
      ];
    case 'scans-recovered':
      return [
        NOTICE_SYMBOL,
        `Scans work again after ${counted(notice.failures, 'failure')} since ` +
          `${clockTime(notice.sinceMs)} UTC.`,
      ];
    case 'unknown':
      return [
        NOTICE_SYMBOL,
        `A newer version of ecs-watch recorded a notice of the kind "${cleanText(notice.name, 60)}", ` +
          'which this version does not know.',
      ];
  }
}

export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
