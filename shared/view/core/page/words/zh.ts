import { grouped } from '../../../../core/words/words.ts';
import { ZH as WORDS } from '../../../../core/words/zh.ts';
import { ZH as VERDICT } from '../../verdict-words/zh.ts';
import type { PlainWords } from './words.ts';

export const ZH: PlainWords = {
  ...VERDICT,
  language: 'zh',
  tag: 'zh-CN',
  colon: '：',
  statuses: WORDS.statuses,
  released: '已释放',
  arrivals: { new: '新增', returned: '已释放', 'created-before': '新发现' },

  skip: '跳到实例列表',
  asOf: (time) => `截至 ${time} UTC`,
  refreshes: (seconds) => `每 ${seconds} 秒刷新`,
  pause: '暂停',
  paused: '已暂停刷新',
  refresh: (seconds) => `每 ${seconds} 秒刷新`,
  sections: {
    label: '目录',
    changes: '最近变化',
    instances: '实例',
    watcher: '监控状态',
    scopes: '监控范围',
    channels: '通知渠道',
  },
  failing: (channels) => `${channels} 个失败`,

  notShown: '暂时无法显示实例',
  triesAgain: '本页会自动重试。',
  startAgain: '重新打开',

  noChanges: '开始监控以来没有变化。',
  notice: '通知：',

  byStatus: '按状态查看实例',
  all: '全部',
  filter: { status: '状态', region: '地域', text: '名称、ID 或 IP', any: '不限', show: '查看' },
  caption: (instances) =>
    `${grouped(instances)} 台实例，最近变化的在前。翻页期间发生变化的实例会移到第一页。`,
  columns: ['实例', '状态', '开始时间', '位置'],
  atLeast: '不晚于',
  noRows: '没有符合条件的实例。',
  pages: '分页',
  firstPage: '第一页',
  nextPage: '下一页',
  wholeFleet: '显示全部实例',
  tags: '标签',
  history: '历史记录（JSON）',
  console: 'ECS 控制台',

  instances: (count) => `${grouped(count)} 台实例`,
  neverScanned: '尚无记录',
  scopeStates: { fresh: '正常', empty: '没有实例', stale: '数据过期', failing: '巡检失败' },
  lastScan: '最近一次完整巡检',
  reading: (seen, of) => `已读取 ${grouped(seen)} / ${grouped(of)}，开始于`,
  scansFailed: (count) => `连续 ${grouped(count)} 次巡检失败`,
  held: (missing) => `${grouped(missing)} 台实例同时消失，多次巡检一致之前不会通报为已释放`,

  noChannels: '尚未使用任何通知渠道。',
  channelStates: { current: '已全部送达', behind: '正在补发' },
  attemptsFailed: (count) => `连续 ${grouped(count)} 次发送失败`,
  failingSince: '失败始于',
  abandoned: '发送失败后已数小时未再尝试，可能已不再配置',
  waiting: (commits) => `${grouped(commits)} 条待发送`,
  neverTaken: '接收方始终拒收：',
  lastDelivered: '最近送达',
  nothingDelivered: '尚未送达过',

  programs: '供程序使用',
  utc: '时间均为 UTC。',
};
