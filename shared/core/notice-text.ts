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
        `${notice.failures === 1 ? 'The last scan' : `${notice.failures} scans in a row`} failed since ${clockTime(notice.sinceMs)} UTC ` +
          `(${cleanText(notice.reason, 120)}). Changes are not seen until this is fixed.`,
      ];
    case 'scans-recovered':
      return [
        NOTICE_SYMBOL,
        `Scans work again after ${counted(notice.failures, 'failure')} since ` +
          `${clockTime(notice.sinceMs)} UTC.`,
      ];
    case 'long-round':
      return [
        NOTICE_SYMBOL,
        `A scan of about ${counted(notice.instances, 'instance')} takes ` +
          `${counted(Math.max(1, Math.ceil(notice.roundMs / 60_000)), 'minute')} at the present call ` +
          'budget, so a change may be reported that much later. If ECS allows more calls, raise ' +
          'ECS_CALLS_PER_MINUTE; give the function more time; or narrow the scope.',
      ];
    case 'channel-failing': {
      const { failures, deliveredAtMs } = notice;
      const attempts = failures === 1 ? 'the last attempt' : `the last ${failures} attempts`;
      return [
        WARNING_SYMBOL,
        `The channel ${cleanText(notice.channel)} is failing: ${attempts} failed ` +
          `(${cleanText(notice.reason, 120)}). ` +
          (deliveredAtMs === null
            ? 'It has not received anything yet.'
            : `Its last delivery was at ${clockTime(deliveredAtMs)} UTC.`) +
          ' Check its address and its receiver: what it has missed is kept until it works again.',
      ];
    }
    case 'channel-recovered':
      return [
        NOTICE_SYMBOL,
        `The channel ${cleanText(notice.channel)} works again. It had been failing since ` +
          `${clockTime(notice.sinceMs)} UTC.`,
      ];
    case 'quota-low':
      return [
        WARNING_SYMBOL,
        `The channel ${cleanText(notice.channel)} has used ${notice.used} of the ` +
          `${counted(notice.quota, 'message')} that it may be sent this month. Good news is merged ` +
          'into fewer messages, and the last tenth is kept for bad news. Send it less, by routes, or ' +
          'raise its quota.',
      ];
    case 'account-failing':
      return [
        WARNING_SYMBOL,
        `The account ${cleanText(notice.account)} cannot be watched ` +
          `(${cleanText(notice.reason, 200)}). Changes of its instances are not seen until this is ` +
          'fixed; the other accounts are watched.',
      ];
    case 'account-recovered':
      return [
        NOTICE_SYMBOL,
        `The account ${cleanText(notice.account)} is watched again. It could not be since ` +
          `${clockTime(notice.sinceMs)} UTC.`,
      ];
    case 'ticks-resumed':
      return [
        NOTICE_SYMBOL,
        `Ticks are recorded again. None was from ${clockTime(notice.sinceMs)} to ` +
          `${clockTime(notice.untilMs)} UTC: the store could not be used, or no tick ran. What has ` +
          'changed meanwhile is reported now.',
      ];
    case 'store-failing':
      return [
        WARNING_SYMBOL,
        `The store of ecs-watch (Tablestore) cannot be used: ${counted(notice.failures, 'tick')} ` +
          `failed since ${clockTime(notice.sinceMs)} UTC (${cleanText(notice.reason, 200)}). ` +
          'No change is recorded or reported until this is fixed. This message comes every half hour.',
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
