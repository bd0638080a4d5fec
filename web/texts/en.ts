import { counted } from '../../shared/core/text.ts';
import { grouped } from '../../shared/core/words/words.ts';
import { lostKind, TOKEN_OF_COMMAND } from '../../shared/view/core/verdict.ts';
import { EN as VERDICT } from '../../shared/view/core/verdict-words/en.ts';
import { BRIEF_MS, type Texts } from './texts.ts';

export const EN: Texts = {
  language: 'en',
  otherLanguage: '中文',
  statuses: {},
  released: 'released',
  ...VERDICT,
  atLeast: (time) => `at least ${time}`,
  asOf: (time, age) => `As of ${time}, ${age} ago`,
  timeZone: (zone) => `Times are ${zone}; UTC on hover.`,
  sections: {
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
  region: 'Region',
  anyRegion: 'Any region',
  anyZone: 'Any zone',
  tagHint: 'env=prod',
  clearFilters: 'Show all',
  noRows: 'No instance fits.',
  printed: (printed, all) =>
    `These are the first ${grouped(printed)} of ${counted(all, 'instance')}; the CSV has them all.`,
  csv: 'CSV',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: (label) => `${label}: this browser refused to copy it; select it below`,
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
  inPlaceOf: (channel) => ` in place of ${channel}`,
  releasedAt: (time) => `Released ${time}`,
  noted: (by, until) => `— ${by}, until ${until}`,
  neverSeen: 'The watcher has not seen this instance, as far as its journal was searched.',
  notThere: 'It was not there at this moment.',
  lasted: (time) => `for ${time}`,
  outcome: (verdict) => verdict,
  ranges: { '1h': '1 hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days' },
  moment: 'Show the fleet as of',
  momentBanner: (time) => `You are looking at the past: ${time}`,
  noMoment: (time) => `This moment cannot be shown: ${time}`,
  refusedMoment: (text) =>
    `“${text}” is not a time, so this is the present. A time has a date and a zone, as in 2026-11-22T10:05:00Z.`,
  backToNow: 'Back to now',
  pastTab: '↶ past',
  shareMoment: 'The address of this page leads others to the same moment.',
  noCounts: 'There is nothing to plot yet.',
  scanned: 'Last complete scan',
  took: (ms) => `took ${ms < BRIEF_MS ? `${grouped(ms)} ms` : VERDICT.duration(ms)}`,
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
  failingSince: 'Failing since',
  channelAbandoned: 'failed, and not tried for hours: no longer configured?',
  channelAdvice:
    'Check the address and the secret of this channel; npm run notify -- --test tries it. Nothing is lost: it catches up.',
  channelSetAside: (count) => `${counted(count, 'commit')} could not be delivered in the last week`,
  never: 'never',
  noChannels: 'No channel was ever configured: changes are only seen here.',
  hiddenHealth: 'Your token does not show the scans and channels of the watcher.',
  savedFile: {
    title: 'This is a downloaded file, and cannot show the fleet',
    reason: 'Browsers download what comes from *.fcapp.run instead of showing it.',
    command: 'In a clone of ecs-watch, with the token in VIEW_TOKEN, this command serves the page:',
    domain: 'Or give the view a custom domain: deploy/README.md says how.',
  },
  lost: ({ problem, status, code }) => {
    if (code === TOKEN_OF_COMMAND) {
      return 'The view does not accept the token of the command npm run page any more. Write the new one into the file at --token-file, or end the command and start it again with the new one in VIEW_TOKEN. This page then goes on by itself.';
    }
    if (status === 401) return 'The token is not accepted any more.';
    if (status === 0) return 'No answer came: the network or the view is down, or too slow.';
    const isForeign = lostKind({ status, code }) === 'foreign';
    return isForeign
      ? `${problem}. A proxy may have answered, to sign you in, or a view of another version.`
      : problem;
  },
  signIn: 'Sign in again',
  reload: 'Load the page again',
  cannotShow: {
    part: 'This part cannot be shown',
    page: 'This page cannot show what the view has answered. It loads itself again every minute',
  },
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
