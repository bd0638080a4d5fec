import { bark } from './bark.ts';
import { dingtalk } from './dingtalk.ts';
import { feishu } from './feishu.ts';
import { http } from './http.ts';
import { ntfy } from './ntfy.ts';
import { pagerduty } from './pagerduty.ts';
import type { Drawing, ReceiverKind, ReceiverSettings } from './receiver.ts';
import { serverchan } from './serverchan.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';
import { wecom } from './wecom.ts';

/** Every receiver. A new one is a file beside this one and its name here. */
const RECEIVERS = {
  dingtalk,
  feishu,
  wecom,
  slack,
  teams,
  pagerduty,
  http,
  telegram,
  ntfy,
  bark,
  serverchan,
  webhook,
};

export type ChannelName = keyof typeof RECEIVERS;

/** The settings that the product is configured with, by the name of the receiver. */
export type SettingsByName = {
  readonly [Name in ChannelName]: ReturnType<(typeof RECEIVERS)[Name]['settings']>;
};

const NAMED: readonly (readonly [string, ReceiverKind<ReceiverSettings>])[] =
  Object.entries(RECEIVERS);

export const CHANNELS = NAMED.map(([name]) => name as ChannelName);

export function receiverKind(name: ChannelName): ReceiverKind<ReceiverSettings> {
  return RECEIVERS[name];
}

export function drawingOf(name: ChannelName): Drawing {
  return RECEIVERS[name].drawing;
}
