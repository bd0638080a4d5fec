import { inboxWordsOf } from '../../channels/inbox-words.ts';
import type { Words } from './words.ts';

const GOOD_NEWS =
  'The webhook gets it with the next tick; chats get good news after ten minutes, or with the next message.';

export const en: Words = {
  lang: 'en',
  title: 'Local cloud',
  intro:
    'Here you are the cloud: change an instance, or break something. ecs-watch notices, and its messages arrive in the inbox.',
  page: 'Page of ecs-watch',
  inboxPage: 'All messages',
  language: 'Language',
  needsScript: 'This console needs JavaScript.',
  gone: 'The local cloud does not answer. If it has ended, start it again; this page reconnects by itself.',
  nextTick: 'Next tick in {seconds} s',
  tickIsDue: 'A tick is due',
  invitation:
    'Stop an instance. It is down after three seconds; the first tick after that sends the message.',

  instances: 'Instances',
  search: 'Search by name, id, status or address',
  statuses: {
    Pending: 'Pending',
    Starting: 'Starting',
    Running: 'Running',
    Stopping: 'Stopping',
    Stopped: 'Stopped',
  },
  counted: (count) => count.toLocaleString('en'),
  shown: (shown, matching) =>
    shown < matching
      ? `The first ${shown} of ${matching.toLocaleString('en')} are listed. Search to find others.`
      : '',
  noMatch: 'No instance matches.',
  acts: { start: 'Start', stop: 'Stop', reboot: 'Reboot', release: 'Release' },
  create: 'Create instance',
  name: 'Name of the new instance',
  namePlaceholder: 'name, or none',
  region: 'Region',

  done: {
    start: (name) => `${name} is starting. ${GOOD_NEWS}`,
    stop: (name) =>
      `${name} is stopping. It is down after three seconds; the first tick after that sends the message to the inbox.`,
    reboot: (name) =>
      `${name} is rebooting, for seven seconds. A tick in between sees it down; without one, the reboot is not noticed.`,
    release: (name) =>
      `${name} is released. The next tick misses it, asks ECS for its id, and only then reports it.`,
    create: (name) => `${name} is created, at the end of the list. ${GOOD_NEWS}`,
  },
  refused: {
    unknown: (id) => `There is no instance ${id} any more.`,
    status: (name, status) => `${name} is ${status.toLowerCase()}, which does not allow that.`,
    name: 'A name has 2 to 128 characters, all on one line.',
    region: 'There is no such region.',
    fault: 'There is no such fault.',
    otherOrigin: 'Only the page of this console may do that.',
  },

  faults: 'Break something',
  faultsOn: (count) => (count === 0 ? 'all is well' : count === 1 ? '1 fault' : `${count} faults`),
  endAll: 'End all faults',
  faultsEnded: 'All faults are over. What was missed meanwhile is delivered now.',
  service: { ecs: 'ECS', store: 'Tablestore', receivers: 'Receivers' },
  troubles: {
    'ecs-outage': {
      name: 'Outage',
      effect:
        'A proxy answers 502. Nothing is reported as released; after three failed scans every channel is informed, and again when scans work.',
    },
    'ecs-throttle': {
      name: 'Throttling',
      effect:
        'Half of all calls are refused. A tick that could not read everything reports no release.',
    },
    'ecs-denied': {
      name: 'Permission lost',
      effect:
        'Forbidden.RAM. The scan fails, and the notice after three of them gives that reason.',
    },
    'ecs-empty': {
      name: 'Empty answers',
      effect:
        'ECS says that the account has no instances. The watcher does not believe it: it holds the releases and says so.',
    },
    'ecs-short-page': {
      name: 'Missing instances',
      effect:
        'Each page leaves out its last three instances. The total gives it away: nothing is reported as released, and after three such scans every channel is informed.',
    },
    'ecs-slow': {
      name: 'Slow answers',
      effect: 'Each answer takes two seconds more. Ticks take longer, messages stay right.',
    },
    'store-outage': {
      name: 'Outage',
      effect:
        'Nothing can be recorded, so no change is sent. The third failed tick informs the channels without the store. Afterwards the changes follow.',
    },
    'store-lost-answers': {
      name: 'Lost answers',
      effect:
        'A fifth of all answers never arrive, although the request was carried out. No change is lost, and none is recorded twice.',
    },
    'receiver-down': {
      name: 'Down',
      effect:
        'It answers 503. The other channels are served meanwhile, and say after three attempts that it fails. Later, the next attempt brings what it missed, in order.',
    },
    'answers-lost': {
      name: 'Answers lost',
      effect:
        'It shows each message, but the sender never learns. The message is sent again and says that it may be a repeat.',
    },
  },
  faultOf: (server, name) => `${server}: ${name}`,
  turned: (label, on, effect) => (on ? `${label}. ${effect}` : `${label}: over.`),

  inbox: inboxWordsOf('en'),
  channel: 'Channel',
};
