import { resolve } from 'node:path';
import type { LocalCloud, LocalCloudOptions } from '../local/index.ts';
import { findKind } from '../shared/channels/index.ts';
import type { Environment } from '../shared/config/environment.ts';
import { variableIn, variablesIn } from '../shared/config/file-values.ts';
import { variableReader } from '../shared/config/reader.ts';
import { configuredSchedules } from '../shared/config/schedules.ts';
import type { WatchFile } from '../shared/config/watch-file.ts';
import { configuredWording } from '../shared/config/wording.ts';
import { type Played, playFile } from './watch-file/play.ts';
import { readWatchFile } from './watch-file/read.ts';

export const REGION = 'cn-hangzhou';

type Variables = Readonly<Record<string, string>>;

/** What a local cloud is to have, and how the watcher on it is to speak. */
export interface Play {
  readonly file: WatchFile | undefined;
  readonly played: Played;
  /** The variables of the shell that say how messages look, and what is said without a change. */
  readonly news: Variables;
  /** WATCH_CONFIG itself, for commands of any folder; empty without a file. */
  readonly config: Variables;
}

const NEWS = ['WATCH_LANGUAGE', 'WATCH_TIME_ZONE', 'VIEW_URL', 'WATCH_REPORT', 'WATCH_REMIND'];

/** @throws {ConfigError} naming every problem of the file, or of the variables for messages */
export function readPlay(environment: Environment, fleetSize: number): Play {
  const read = variableReader(environment);
  configuredSchedules(read, configuredWording(read, []));
  read.finish();
  const file = readWatchFile(environment);
  // Nothing here needs the real values, and some are printed: each variable gets a value of its own.
  const names = variablesIn(file);
  const standIns = Object.fromEntries(names.map((name) => [name, `stand-in-of-${name}`]));
  return {
    file,
    played: playFile(file, { ...environment, ...standIns }, { region: REGION, fleetSize }),
    news: Object.fromEntries(
      NEWS.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
    ),
    config: file === undefined ? {} : { WATCH_CONFIG: resolve(environment.WATCH_CONFIG ?? '') },
  };
}

/** What the local cloud is started with. */
export function cloudOf(play: Play): LocalCloudOptions {
  const { regions, accounts } = play.played;
  return { regions, accounts, ...timeZoneOf(play) };
}

/** What the cloud begins with, in words: each region of each account has a fleet of its own. */
export function instancesOf({ played: { regions, accounts } }: Play, fleetSize: number): string {
  const fleets = regions.length + accounts.flatMap((account) => account.regions).length;
  const where = fleets === 1 ? '' : ` in each of ${fleets} regions`;
  return `${fleetSize} instances${where}`;
}

/** Of the phones that the messages are drawn on. */
export function timeZoneOf({ news }: Play): Pick<LocalCloudOptions, 'timeZone'> {
  const { WATCH_TIME_ZONE: timeZone } = news;
  return timeZone === undefined ? {} : { timeZone };
}

/** The variables of a watch function on this cloud. All that it sends goes to the cloud's receivers. */
export function watcherOn(
  cloud: Pick<LocalCloud, 'environment'>,
  { file, played, news }: Play,
): Variables {
  const named = variablesIn(file);
  const receivers = Object.fromEntries(
    named.flatMap((name) => {
      // The presets of docs/receivers.md call their variables as the cloud does, which has a receiver for each.
      const value = cloud.environment[name] ?? cloud.environment[played.receivers[name] ?? ''];
      if (value === undefined) return [];
      return [[name, URL.canParse(value) ? addressFor(value, channelsAt(name, file)) : value]];
    }),
  );
  return {
    ...withoutChannels(cloud.environment, file),
    ...played.variables,
    ...played.secrets,
    ...receivers,
    ...news,
  };
}

/** A channel of the file may have the name of a kind: the variables must not make another one of that name. */
function withoutChannels(environment: Variables, file: WatchFile | undefined): Variables {
  const variables = (file?.channels ?? []).flatMap(({ name }) =>
    Object.values(findKind(name)?.variables ?? {}).map((variable) => variable.name),
  );
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !variables.includes(name)),
  );
}

/** The inbox shows the channel that it finds in the address: channels of one kind share a receiver. */
function addressFor(address: string, channels: string): string {
  const url = new URL(address);
  url.searchParams.set('channel', channels);
  return url.href;
}

/** The channels whose address or secret the variable is. */
function channelsAt(variable: string, file: WatchFile | undefined): string {
  return (file?.channels ?? [])
    .filter(({ settings }) =>
      Object.values(settings).some((value) => variableIn(value) === variable),
    )
    .map(({ name }) => name)
    .join(',');
}
