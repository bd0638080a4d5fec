import type { Clock } from '../clock.ts';
import type { Notice } from '../model.ts';
import { cleanText, counted } from '../text.ts';
import { type ReportWords, share, wordsOfReport } from './report-words.ts';
import { grouped, type NoticeWords, percentOf, type Words } from './words.ts';

export const EN: Words = {
  statuses: {
    Pending: 'pending',
    Starting: 'starting',
    Running: 'running',
    Stopping: 'stopping',
    Stopped: 'stopped',
    released: 'released',
  },
  arrivals: { new: 'new', returned: 'back', 'created-before': 'appeared' },
  counts: {
    instance: (count) => counted(count, 'instance'),
    scope: (count) => counted(count, 'scope'),
    notice: (count) => counted(count, 'notice'),
    otherChange: (count) => counted(count, 'other change'),
    day: (count) => counted(count, 'day'),
    hour: (count) => counted(count, 'hour'),
    minute: (count) => counted(count, 'minute'),
    second: (count) => counted(count, 'second'),
  },
  someOf: (names, count) => {
    const left = count - names.length;
    return `${names.join(', ')}${left > 0 ? ` and ${grouped(left)} more` : ''}`;
  },

  outcome(status, way) {
    if (way === 'again') return `${status} again`;
    return way === null ? status : `${EN.arrivals[way]}, ${status}`;
  },
  before: (status, held) =>
    held === undefined
      ? `was ${status}`
      : `was ${status} for ${held.isAtLeast ? 'at least ' : ''}${held.duration}`,
  between: (statuses) => `in between: ${statuses.join(', ')}`,
  changesBetween: (count) => `${counted(count, 'change')} in between`,
  aside: (outcome, details) => `${outcome} (${details.join('; ')})`,
  withNote: (outcome, note) => `${outcome}, ${note}`,
  returnedNote: (time) =>
    `back: it was reported released${time === null ? '' : ` at ${time}`}, but ECS had not shown it`,
  createdNote: (date) => `created ${date}`,
  note: (text, by, until) => `note of ${by} until ${until}: ${text}`,
  lasting: (status, duration) => ({
    title: `${status} for ${duration}`,
    text: `has been ${status} for ${duration}: look at it in the console`,
  }),
  flapping: (status, flips, since) => ({
    title: `flapping, ${counted(flips, 'change')}`,
    text:
      `${status}, and flapping: ${counted(flips, 'change')} since ${since}. Further ones are ` +
      'counted, and posted once it is quiet',
  }),
  settled: (status, flips, since) => ({
    title: `${status}, quiet again`,
    text: `${status}, and quiet again after ${counted(flips, 'change')} since ${since}`,
  }),
  counted: (status, flips, since) => ({
    title: `${status} after ${counted(flips, 'change')}`,
    text: `${status}, after ${counted(flips, 'change')} since ${since}`,
  }),
  still: ({ duration, isAtLeast }) =>
    `still stopped, for ${isAtLeast ? 'at least ' : ''}${duration}`,
  stillMany: 'still stopped',
  standings: {
    lasting: (status) => `still ${status}`,
    flapping: () => 'flapping',
    settled: (status) => `quiet again, ${status}`,
    counted: (status) => `${status} after many changes`,
  },

  manyTitle: (count, outcome, names) =>
    `${grouped(count)} ${outcome}${
      names.length === 0 ? '' : `: ${names.join(', ')}${names.length < count ? ' …' : ''}`
    }`,
  repeatTitle: (title) => `(possible repeat) ${title}`,
  pauseTitle: (from, until) => `Not watching from ${from} to ${until}`,
  pausesTitle: 'Not watching all the time',
  pauseText: (from, until) =>
    `Not watching from ${from} to ${until}; this is what differs now. If the pause was not meant, ` +
    'the log of the watch function says why.',
  muteTitle: (from, until) => `Muted from ${from} to ${until}`,
  muteText: (from, until) =>
    `Muted from ${from} to ${until}. This happened meanwhile; each line ends with the last that is sent here.`,
  inPlaceOf: (channel, since) => `In place of ${channel}, which has failed since ${since}.`,
  insteadTitle: (messages, channel) =>
    `Works again; ${counted(messages, 'message')} went to ${channel}`,
  insteadText: (messages, channel, from, until) =>
    `While this channel failed, ${counted(messages, 'message')} went to ${channel}, ${messages === 1 ? `at ${until}` : `from ${from} to ${until}`}.`,
  baselines(instances, regions) {
    const fleet = `${counted(instances, 'instance')} in ${counted(regions, 'region')}`;
    return {
      title: `Now watching ${fleet}`,
      text: `Watching ${fleet} from now on. Changes will be posted here.`,
    };
  },
  totals: (left, counts) => `… and ${grouped(left)} more. In all: ${counts.join('; ')}.`,
  total: (count, outcome) => `${grouped(count)} ${outcome}`,
  links: { console: 'Console', instance: 'History', view: 'All instances' },

  sentenceSpace: ' ',
  notice: noticeWords,
};

const REPORT: ReportWords = {
  title: (per, changes, stopped, instances) =>
    `${per === 'day' ? 'Daily' : 'Weekly'} report: ${changes}, ${share(stopped, instances, ' of ')} stopped`,
  changes: (count) => (count === 0 ? 'no changes' : counted(count, 'change')),
  changed: (from, until, count, outcomes) =>
    `From ${from} to ${until}: ${count}${outcomes.length === 0 ? '' : ` (${outcomes.join(', ')})`}.`,
  outcome: (count, status) => `${grouped(count)} ${status}`,
  isCut: 'There were more than could be counted.',
  unread: (scopes) => `Not counted, as it could not be read: ${scopes.join(', ')}.`,
  stopped: (stopped, instances, longest) =>
    `Stopped now: ${share(stopped, instances, ' of ')}${stopped > longest.length ? ', the longest' : ''}: ${longest.join(', ')}.`,
  noneStopped: (instances) =>
    instances === 0
      ? 'There is no instance.'
      : `None of ${counted(instances, 'instance')} is stopped.`,
  stoppedFor: (name, time, isAtLeast) => `${name} for ${isAtLeast ? 'at least ' : ''}${time}`,
  flapping: (count, most) =>
    `Changed again and again: ${grouped(count)}${count > most.length ? ', most of all' : ''}: ${most.join(', ')}.`,
  changedOften: (name, changes) => `${name} (${changes})`,
  ticks: (good, expected, late) =>
    `Watching: ${share(good, expected, ' of ')} ticks were good, ${late === 0 ? 'none was' : grouped(late) + (late === 1 ? ' was' : ' were')} late`,
  ofTicks: (said, facts) => `${said} (${facts.join(', ')})`,
  since: (time) => `counted since ${time}`,
  noTicks: 'Watching: how many ticks were good was not counted',
  channels: (said) => `Messages: ${said.join('; ')}.`,
  spent: (channel, messages, quota, period) =>
    `${channel} ${share(messages, quota, ' of ')} in ${period}`,
};

const MAX_REASON_LENGTH = 200;

/** The words of an outside service. */
function reasonOf(reason: string): string {
  return cleanText(reason, MAX_REASON_LENGTH);
}

function noticeWords(notice: Notice, clock: Clock): NoticeWords {
  switch (notice.kind) {
    case 'baseline': {
      const instances = counted(notice.instances, 'instance');
      if (notice.since !== undefined) {
        return {
          title: 'The stored snapshot was damaged',
          text:
            'The stored snapshot was damaged. What the journal still held was kept; the rest is a ' +
            `new baseline: ${instances}. Releases among the rest in the meantime cannot be known: ` +
            'compare with the ECS console if you expect one.',
        };
      }
      return {
        title: `Now watching ${instances}`,
        text: `Watching ${instances} from now on. Changes will be posted here.`,
      };
    }
    case 'suspicious-scan': {
      const vanished = `${grouped(notice.missing)} of ${counted(notice.known, 'instance')} vanished at once`;
      return {
        title: vanished,
        text:
          `${vanished}. They are not reported as released until several scans agree: a lost ` +
          'permission looks the same. Open the ECS console: if they are still there, give the role ' +
          'of the watch function its permissions back.',
      };
    }
    case 'suspicion-lifted':
      return {
        title: 'The vanished instances are back',
        text:
          `The ${counted(notice.missing, 'instance')} that vanished are back. No release was ` +
          'reported, and there is nothing to do.',
      };
    case 'scans-failing': {
      const { failures, sinceMs, reason } = notice;
      const scans = failures === 1 ? 'The last scan' : `${grouped(failures)} scans in a row`;
      return {
        title: `Scans fail since ${clock.time(sinceMs)}: changes are not seen`,
        text:
          `${scans} failed since ${clock.time(sinceMs)} (${reasonOf(reason)}). Changes are not seen ` +
          'until this is fixed; npm run doctor says how.',
      };
    }
    case 'scans-recovered':
      return {
        title: 'Scans work again',
        text:
          `Scans work again after ${counted(notice.failures, 'failure')} since ` +
          `${clock.time(notice.sinceMs)}. What has changed meanwhile is reported now.`,
      };
    case 'long-round': {
      const minutes = counted(Math.max(1, Math.ceil(notice.roundMs / 60_000)), 'minute');
      return {
        title: `A scan takes ${minutes}`,
        text:
          `A scan of about ${counted(notice.instances, 'instance')} takes ${minutes} at the present ` +
          'call budget, so a change may be reported that much later. If ECS allows more calls, raise ' +
          'ECS_CALLS_PER_MINUTE; give the function more time; or narrow the scope.',
      };
    }
    case 'channel-failing': {
      const { failures, deliveredAtMs, reason } = notice;
      const { channel } = notice;
      const attempts =
        failures === 1 ? 'the last attempt' : `the last ${grouped(failures)} attempts`;
      return {
        title: `The channel ${channel} is failing`,
        text:
          `The channel ${channel} is failing: ${attempts} failed (${reasonOf(reason)}). ` +
          (deliveredAtMs === null
            ? 'It has not received anything yet.'
            : `Its last delivery was at ${clock.time(deliveredAtMs)}.`) +
          ' Check its address and its receiver: what it has missed is kept until it works again.',
      };
    }
    case 'channel-recovered': {
      const { channel } = notice;
      return {
        title: `The channel ${channel} works again`,
        text:
          `The channel ${channel} works again. It had been failing since ` +
          `${clock.time(notice.sinceMs)}; what it has missed is sent to it now.`,
      };
    }
    case 'quota-low': {
      const { channel } = notice;
      return {
        title: `The channel ${channel} has used ${percentOf(notice)} % of its messages of this month`,
        text:
          `The channel ${channel} has used ${grouped(notice.used)} of the ` +
          `${counted(notice.quota, 'message')} that it may be sent this month. Good news is merged ` +
          'into fewer messages, and the last tenth is kept for bad news. Send it less, by routes, or ' +
          'raise its quota.',
      };
    }
    case 'account-failing': {
      const account = cleanText(notice.account);
      return {
        title: `The account ${account} cannot be watched`,
        text:
          `The account ${account} cannot be watched (${reasonOf(notice.reason)}). Changes of its ` +
          'instances are not seen until this is fixed; the other accounts are watched. Check its ' +
          'role, the trust policy of that role and the external id in WATCH_CONFIG.',
      };
    }
    case 'account-recovered': {
      const account = cleanText(notice.account);
      return {
        title: `The account ${account} is watched again`,
        text:
          `The account ${account} is watched again. It could not be since ` +
          `${clock.time(notice.sinceMs)}; what has changed meanwhile is reported now.`,
      };
    }
    case 'ticks-resumed': {
      const [from, until] = clock.span(notice.sinceMs, notice.untilMs);
      return {
        title: `No tick was recorded from ${from} to ${until}`,
        text:
          `Ticks are recorded again. None was from ${from} to ${until}: the store could not be ` +
          'used, or no tick ran. What has changed meanwhile is reported now. If the pause was not ' +
          'meant, the log of the watch function says why.',
      };
    }
    case 'report':
      return wordsOfReport(notice, clock, EN, REPORT);
    case 'test':
      return {
        title: 'This is a test',
        text: 'Sent by npm run notify to try this channel. No instance has changed.',
      };
    case 'store-failing': {
      const { failures, sinceMs, reason } = notice;
      return {
        title: `Nothing has been watched since ${clock.time(sinceMs)}`,
        text:
          `The store of ecs-watch (Tablestore) cannot be used: ${counted(failures, 'tick')} failed ` +
          `since ${clock.time(sinceMs)} (${reasonOf(reason)}). No change is recorded or reported ` +
          'until this is fixed. Check the Tablestore instance and the role of the watch function. ' +
          'This message comes every half hour.',
      };
    }
    case 'unknown':
      return {
        title: 'A notice of a newer version',
        text:
          'A newer version of ecs-watch recorded a notice of the kind ' +
          `"${cleanText(notice.name, 60)}", which this version does not know. Deploy the newer ` +
          'version again to read it.',
      };
  }
}
