import type { Language } from '../languages.ts';
import { CHANNELS, type ChannelName, receiverKind } from './receivers.ts';

/** The texts around messages, in one language; what a sender got is as the wire had it. */
export interface InboxWords {
  /** Of the document, as BCP 47. */
  readonly lang: string;
  readonly title: string;
  readonly all: string;
  readonly nothingArrived: string;
  readonly services: Readonly<Record<ChannelName, string>>;
  readonly to: string;
  readonly repeat: string;
  readonly refused: string;
  readonly reset: string;
  readonly asSent: string;
  readonly onALockedPhone: string;
}

function servicesIn(language: Language): InboxWords['services'] {
  const named = CHANNELS.map((name) => [name, receiverKind(name).names[language]]);
  return Object.fromEntries(named) as InboxWords['services'];
}

const WORDS: Readonly<Record<Language, InboxWords>> = {
  en: {
    lang: 'en',
    title: 'Inbox',
    all: 'All',
    nothingArrived: 'Nothing has arrived yet.',
    services: servicesIn('en'),
    to: 'to',
    repeat: 'repeat',
    refused: 'refused',
    reset: 'connection reset',
    asSent: 'as sent',
    onALockedPhone: 'on a locked phone',
  },
  zh: {
    lang: 'zh-CN',
    title: '收件箱',
    all: '全部',
    nothingArrived: '暂无消息。',
    services: servicesIn('zh'),
    to: '发往',
    repeat: '重复',
    refused: '被拒绝',
    reset: '连接被重置',
    asSent: '原始请求',
    onALockedPhone: '锁屏手机上的样子',
  },
};

export const inboxWordsOf = (language: Language): InboxWords => WORDS[language];
