import { counted } from '../../../../core/text.ts';
import { EN as VERDICT } from '../../verdict-words/en.ts';
import type { PlainWords } from './words.ts';

export const EN: PlainWords = {
  ...VERDICT,
  language: 'en',
  tag: 'en',
  colon: ': ',
  statuses: {},
  released: 'released',
  arrivals: { new: 'new', returned: 'released', 'created-before': 'appeared' },

  skip: 'Skip to the instances',
  asOf: (time) => `As of ${time} UTC`,
  refreshes: (seconds) => `refreshes every ${seconds} s`,
  pause: 'pause',
  paused: 'paused',
  refresh: (seconds) => `refresh every ${seconds} s`,
  sections: {
    label: 'Sections',
    changes: 'What changed',
    instances: 'Instances',
    watcher: 'Watcher',
    scopes: 'Scopes',
    channels: 'Channels',
  },
  failing: (channels) => `${channels} failing`,

  notShown: 'The fleet cannot be shown',
  triesAgain: 'This page tries again by itself.',
  startAgain: 'Start again',

  noChanges: 'Nothing has changed since watching began.',
  notice: 'Notice:',

  byStatus: 'Instances by status',
  all: 'All',
  filter: {
    status: 'Status',
    region: 'Region',
    text: 'Name, id or address',
    any: 'any',
    show: 'Show',
  },
  caption: (instances) =>
    `${counted(instances, 'instance')}, most recently changed first. An instance that changes while you turn pages moves to the first page.`,
  columns: ['Instance', 'Status', 'Since', 'Where'],
  atLeast: 'at least since',
  noRows: 'No instances to show.',
  pages: 'Pages',
  firstPage: 'First page',
  nextPage: 'Next page',
  wholeFleet: 'Show all instances',
  tags: 'Tags',
  history: 'Its history, as JSON',
  console: 'ECS console',

  instances: (count) => counted(count, 'instance'),
  neverScanned: 'nothing recorded yet',
  scopeStates: { fresh: 'fresh', empty: 'empty', stale: 'STALE', failing: 'FAILING' },
  lastScan: 'last complete scan',
  reading: (seen, of) => `reading ${seen} of ${of} since`,
  scansFailed: (count) => `${counted(count, 'scan')} in a row failed`,
  held: (missing) =>
    `${counted(missing, 'instance')} vanished at once; not reported as released until several scans agree`,

  noChannels: 'No channel has been served yet.',
  channelStates: { current: 'up to date', behind: 'catching up' },
  attemptsFailed: (count) => `${counted(count, 'attempt')} in a row failed`,
  failingSince: 'failing since',
  abandoned: 'failed, and not tried for hours: no longer configured?',
  waiting: (commits) => `${counted(commits, 'commit')} to send`,
  neverTaken: 'never taken by the receiver:',
  lastDelivered: 'last delivered',
  nothingDelivered: 'nothing delivered yet',

  programs: 'For programs',
  utc: 'All times are UTC.',
};
