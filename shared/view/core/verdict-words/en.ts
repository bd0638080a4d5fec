import { cleanText, counted } from '../../../core/text.ts';
import { grouped } from '../../../core/words/words.ts';
import { type LostKind, lostKind } from '../verdict.ts';
import { durationIn } from './duration.ts';
import type { VerdictWords } from './words.ts';

const duration = durationIn(['d', 'h', 'min', 's']);

/** `a`, `a and b`, `a, b and 3 more` */
function some(names: readonly string[], others = (text: string): string => text): string {
  if (names.length <= 2) return names.join(' and ');
  return `${names.slice(0, 2).join(', ')} and ${others(`${grouped(names.length - 2)} more`)}`;
}

function neverScanned(scopes: readonly string[]): string {
  return `${some(scopes)} ${scopes.length === 1 ? 'has' : 'have'} never been scanned`;
}

const UNREACHABLE: Readonly<Record<LostKind, string>> = {
  silent: 'The view has not answered',
  foreign: 'The view has answered nothing that this page can read',
  token: 'The view has not accepted the token',
  refused: 'The view has refused what this page asks',
  store: 'The view has not been able to read its store',
  broken: 'The view has answered with errors only',
};

export const EN: VerdictWords = {
  levels: { alarm: 'Alarm', warning: 'Attention', well: 'All well', unknown: 'Loading' },
  verdict(verdict, { nowMs, duration: lasting, time, instance, others }) {
    switch (verdict.kind) {
      case 'loading':
        return { text: 'Reading the fleet…', advice: '' };
      case 'unreachable':
        return {
          text: `${UNREACHABLE[lostKind(verdict)]} for ${lasting(nowMs - verdict.sinceMs)}`,
          advice: 'What is below is old. The page goes on trying.',
        };
      case 'no-moment':
        return {
          text: 'The view has refused this moment',
          advice: 'It is in the future, or before what the journal can show.',
        };
      case 'unwatched':
        return {
          text: 'Nothing is watched yet',
          advice: 'The first scan shows the fleet here. If none comes: npm run doctor.',
        };
      case 'not-yet':
        return { text: 'Nothing was watched yet at that moment', advice: '' };
      case 'stale':
        return {
          text:
            verdict.asOfMs === null
              ? neverScanned(verdict.scopes)
              : `The state of ${some(verdict.scopes)} is ${lasting(nowMs - verdict.asOfMs)} old`,
          advice: `Since ${verdict.asOfMs === null ? 'the beginning' : time(verdict.asOfMs)} no scan was complete: what is below may be wrong. ${verdict.unscanned.length === 0 ? '' : `${neverScanned(verdict.unscanned)}. `}Run npm run doctor.`,
        };
      case 'failing':
        return {
          text: `Scans of ${some(verdict.scopes)} fail`,
          advice: 'The reason is under “Watcher” below.',
        };
      case 'channels':
        return {
          text: `${verdict.channels.length === 0 ? 'A channel' : some(verdict.channels)} cannot be reached`,
          advice:
            verdict.channels.length === 0
              ? 'Changes are seen, but not announced there. Your token does not show which channel it is.'
              : 'Changes are seen, but not announced there. The reason is under “Watcher” below.',
        };
      case 'just-stopped':
        return {
          text: `${some(verdict.instances.map(instance), others)} stopped within the last hour`,
          advice:
            verdict.notRunning > verdict.instances.length
              ? `${grouped(verdict.notRunning)} instances are not running in all.`
              : '',
        };
      case 'held':
        return {
          text: `${counted(verdict.missing, 'instance')} of ${some(verdict.scopes)} vanished at once`,
          advice: 'They are not reported as released until several scans agree.',
        };
      case 'not-running':
        return {
          text: `${counted(verdict.count, 'instance')} ${verdict.count === 1 ? 'is' : 'are'} not running`,
          advice: `No new stop for ${lasting(verdict.calmMs)}.`,
        };
      case 'well':
        return {
          text:
            verdict.total === 0
              ? 'There is no instance'
              : verdict.total === 1
                ? 'The instance is running'
                : `All ${grouped(verdict.total)} instances are running`,
          advice: '',
        };
    }
  },
  tab(verdict) {
    switch (verdict.kind) {
      case 'loading':
      case 'well':
      case 'not-yet':
      case 'no-moment':
        return '';
      case 'unreachable':
        return '⚠ unreachable';
      case 'unwatched':
        return '… waiting';
      case 'stale':
        return '⚠ stale';
      case 'failing':
        return '⚠ scans fail';
      case 'channels':
        return '⚠ channels fail';
      case 'just-stopped':
        return `⚠ ${grouped(verdict.instances.length)} stopped`;
      case 'held':
        return `⚠ ${grouped(verdict.missing)} vanished`;
      case 'not-running':
        return `${grouped(verdict.count)} not running`;
    }
  },
  channel: (name) => cleanText(name),
  duration,
  ago: (ms) => `${duration(ms)} ago`,
};
