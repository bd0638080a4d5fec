import type { Texts } from './texts.ts';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

function duration(ms: number): string {
  const index = UNITS.findIndex(([, size]) => ms >= size);
  const [unit, size] = UNITS[index] ?? ['s', 1_000];
  const count = Math.floor(Math.max(0, ms) / size);
  const next = UNITS[index + 1];
  const rest = index >= 0 && next !== undefined ? Math.floor((ms % size) / next[1]) : 0;
  return `${grouped(count)} ${unit}${rest > 0 && next !== undefined ? ` ${rest} ${next[0]}` : ''}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and 3 more` */
function some(names: readonly string[]): string {
  if (names.length <= 2) return names.join(' and ');
  return `${names.slice(0, 2).join(', ')} and ${grouped(names.length - 2)} more`;
}

export const EN: Texts = {
  language: 'en',
  otherLanguage: '中文',
  statuses: {},
  released: 'released',
  levels: { alarm: 'Alarm', warning: 'Attention', well: 'All well', unknown: 'Loading' },
  verdict(verdict, { nowMs, duration: lasting, time }) {
    switch (verdict.kind) {
      case 'loading':
        return { text: 'Reading the fleet…', advice: '' };
      case 'unreachable':
        return {
          text: `The view has not answered for ${lasting(nowMs - verdict.sinceMs)}`,
          advice: 'What is below is old. The page goes on trying.',
        };
      case 'unwatched':
        return {
          text: 'Nothing is watched yet',
          advice: 'The first scan shows the fleet here. If none comes: npm run doctor.',
        };
      case 'stale':
        return {
          text:
            verdict.asOfMs === null
              ? `${some(verdict.scopes)} ${verdict.scopes.length === 1 ? 'has' : 'have'} never been scanned`
              : `The state of ${some(verdict.scopes)} is ${lasting(nowMs - verdict.asOfMs)} old`,
          advice: `Since ${verdict.asOfMs === null ? 'the beginning' : time(verdict.asOfMs)} no scan was complete: what is below may be wrong. Run npm run doctor.`,
        };
      case 'failing':
        return {
          text: `Scans of ${some(verdict.scopes)} fail`,
          advice: 'The reason is under “Watcher” below.',
        };
      case 'channels':
        return {
          text: `${some(verdict.channels)} cannot be reached`,
          advice:
            'Changes are seen, but people are not told there. The reason is under “Watcher” below.',
        };
      case 'just-stopped':
        return {
          text: `${some(verdict.names)} stopped within the last hour`,
          advice:
            verdict.notRunning > verdict.names.length
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
          advice: `None of them stopped within the last ${lasting(verdict.calmMs)}.`,
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
        return `⚠ ${grouped(verdict.names.length)} stopped`;
      case 'held':
        return `⚠ ${grouped(verdict.missing)} vanished`;
      case 'not-running':
        return `${grouped(verdict.count)} not running`;
    }
  },
  duration,
  ago: (ms) => `${duration(ms)} ago`,
  atLeast: (time) => `at least ${time}`,
  asOf: (time, age) => `As of ${time}, ${age} ago`,
  timeZone: (zone) => `Times are ${zone}; UTC on hover.`,
  sections: {
    now: 'Now',
    changes: 'What changed',
    instances: 'Instances',
    time: 'Over time',
    health: 'Watcher',
  },
  instances: (count) => counted(count, 'instance'),
  shown: (shown, total) =>
    shown === total
      ? counted(total, 'instance')
      : `${grouped(shown)} of ${counted(total, 'instance')}`,
  reading: (read, total) => `Reading ${grouped(read)} of ${grouped(total)}…`,
  columns: {
    status: 'Status',
    name: 'Name',
    since: 'Since',
    strip: 'Last day',
    zone: 'Zone',
    type: 'Type',
    addresses: 'Addresses',
    tags: 'Tags',
  },
  sortBy: (column) => `Sort by ${column}`,
  search: 'Search',
  searchHint: 'Name, id or address',
  anyZone: 'Any zone',
  anyTag: 'Tag',
  tagHint: 'env=prod',
  clearFilters: 'Show all',
  filtered: 'Filtered',
  noRows: 'No instance fits.',
  csv: 'CSV',
  copy: 'Copy',
  copied: 'Copied',
  strip: (hours) => `Statuses of the last ${hours} hours`,
  noChanges: 'Nothing has changed since watching began.',
  moreChanges: (count) => `Show ${grouped(count)} more`,
  appeared: 'new',
  returned: 'back',
  baseline: 'first seen',
  close: 'Close',
  timeline: 'Timeline',
  details: 'Details',
  detail: {
    instanceId: 'Id',
    scope: 'Scope',
    region: 'Region',
    zoneId: 'Zone',
    instanceType: 'Type',
    resourceGroupId: 'Resource group',
    privateIps: 'Private addresses',
    publicIps: 'Public addresses',
    tags: 'Tags',
    created: 'Created',
  },
  console: 'ECS console',
  deliveries: 'Messages that reported it',
  noDeliveries: 'None of the last messages reported it.',
  hiddenDeliveries: 'Your token does not show messages.',
  releasedAt: (time) => `Released ${time}`,
  neverSeen: 'The watcher has never seen this instance.',
  lasted: (time) => `for ${time}`,
  outcome: (verdict) => verdict,
  ranges: { '1h': '1 hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days' },
  moment: 'Show the fleet as of',
  momentBanner: (time) => `You are looking at the past: ${time}`,
  backToNow: 'Back to now',
  pastTab: '↶ past',
  shareMoment: 'The address of this page leads others to the same moment.',
  noCounts: 'There is nothing to plot yet.',
  scanned: 'Last complete scan',
  calls: (calls, perMinute) => `${counted(calls, 'call')} of ${grouped(perMinute)} a minute`,
  throttles: (count) => `${grouped(count)} throttled`,
  delivered: 'Last delivered',
  waiting: (count) => `${counted(count, 'commit')} waiting`,
  budget: (used, limit, per) => `${grouped(used)} of ${grouped(limit)} messages a ${per}`,
  scanWell: 'works',
  scanFailing: (failures, reason) =>
    `${counted(failures, 'scan')} in a row failed${reason === '' ? '' : `: ${reason}`}`,
  scanStale: 'too old',
  scanRests: 'empty: looked at every few minutes',
  scanHeld: (missing) => `${counted(missing, 'instance')} vanished at once; not believed yet`,
  scanAdvice: 'npm run doctor says what to change.',
  channelWell: 'works',
  channelFailing: (failures, problem) =>
    `${counted(failures, 'attempt')} in a row failed${problem === '' ? '' : `: ${problem}`}`,
  channelAdvice:
    'Check the address and the secret of this channel; npm run notify -- --test tries it. Nothing is lost: it catches up.',
  channelSetAside: (count) => `${counted(count, 'commit')} could not be delivered in the last week`,
  never: 'never',
  noChannels: 'No channel was ever configured: changes are only seen here.',
  savedFile: {
    title: 'This is a downloaded file, and cannot show the fleet',
    reason: 'Browsers download what comes from *.fcapp.run instead of showing it.',
    command: 'In a clone of ecs-watch, with the token in VIEW_TOKEN, this command serves the page:',
    domain: 'Or give the view a custom domain: deploy/README.md says how.',
  },
  lost: (problem, status) =>
    status === 401 || status === 403 ? 'The token is not accepted any more.' : problem,
  signIn: 'Sign in again',
  retry: 'Try now',
  refusedFilter: 'The filter cannot be used',
  programs: 'For programs',
  keys: 'Keys',
  keyHelp: [
    ['/', 'search'],
    ['j  k', 'next and previous instance'],
    ['Enter', 'open it'],
    ['Esc', 'close, or leave the search'],
    ['?', 'this help'],
  ],
};
