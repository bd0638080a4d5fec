import { inboxWordsOf } from '../../channels/inbox-words.ts';
import type { Words } from './words.ts';

const GOOD_NEWS =
  '下一次巡检后 Webhook 即可收到；群聊中的好消息最多等十分钟，或随下一条消息一并发送。';

export const zh: Words = {
  lang: 'zh-CN',
  title: '本地云',
  intro: '在这里由您扮演云：变更一台实例，或者制造一个故障。ecs-watch 会发现，并把消息发到收件箱。',
  page: 'ecs-watch 状态页',
  inboxPage: '全部消息',
  language: '语言',
  needsScript: '控制台需要启用 JavaScript。',
  gone: '本地云没有响应。如果它已退出，请重新启动；本页会自动重新连接。',
  nextTick: '{seconds} 秒后巡检',
  tickIsDue: '即将巡检',
  invitation: '停止一台实例试试：三秒后停机，其后的第一次巡检就会发出消息。',

  instances: '实例',
  search: '按名称、ID、状态或 IP 搜索',
  statuses: {
    Pending: '准备中',
    Starting: '启动中',
    Running: '运行中',
    Stopping: '停止中',
    Stopped: '已停止',
  },
  counted: (count) => `${count.toLocaleString('en')} 台`,
  shown: (shown, matching) =>
    shown < matching
      ? `共 ${matching.toLocaleString('en')} 台，仅列出前 ${shown} 台，其余请搜索。`
      : '',
  noMatch: '没有符合条件的实例。',
  acts: { start: '启动', stop: '停止', reboot: '重启', release: '释放' },
  create: '创建实例',
  name: '新实例的名称',
  namePlaceholder: '名称（可不填）',
  region: '地域',

  done: {
    start: (name) => `正在启动 ${name}。${GOOD_NEWS}`,
    stop: (name) => `正在停止 ${name}。三秒后停机，其后的第一次巡检会把消息发到收件箱。`,
    reboot: (name) =>
      `正在重启 ${name}，约七秒。其间若有巡检，就会看到它不在运行；若没有，则不会发现这次重启。`,
    release: (name) =>
      `已释放 ${name}。下一次巡检发现它不见了，会先按 ID 向 ECS 确认，然后才通报。`,
    create: (name) => `已创建 ${name}，位于列表末尾。${GOOD_NEWS}`,
  },
  refused: {
    unknown: (id) => `实例 ${id} 已不存在。`,
    status: (name, status) => `${name} 处于“${status}”状态，不能执行该操作。`,
    name: '名称须为 2 至 128 个字符，且不能换行。',
    region: '没有这个地域。',
    fault: '没有这种故障。',
    otherOrigin: '该操作只能在本控制台的页面上执行。',
  },

  faults: '制造故障',
  faultsOn: (count) => (count === 0 ? '一切正常' : `${count} 个故障`),
  endAll: '结束全部故障',
  faultsEnded: '故障已全部结束。期间未能送达的消息现在会补发。',
  service: { ecs: 'ECS', store: '表格存储（Tablestore）', receivers: '接收端' },
  troubles: {
    'ecs-outage': {
      name: '服务中断',
      effect: '代理返回 502。不会误报释放；连续三次扫描失败后通知所有渠道，恢复后再通知一次。',
    },
    'ecs-throttle': {
      name: '流控',
      effect: '一半的调用被拒绝。未能读完全部实例的巡检不会通报任何释放。',
    },
    'ecs-denied': {
      name: '权限丢失',
      effect: '返回 Forbidden.RAM。扫描失败，连续三次后发出的通知会说明这一原因。',
    },
    'ecs-empty': {
      name: '返回空列表',
      effect: 'ECS 声称账号下没有实例。ecs-watch 不会轻信：暂缓通报释放，并发通知说明。',
    },
    'ecs-short-page': {
      name: '列表缺实例',
      effect:
        '每一页都少了最后三台实例。与总数不符，因此不会误报释放；连续三次扫描如此，则通知所有渠道。',
    },
    'ecs-slow': {
      name: '响应缓慢',
      effect: '每次响应都多用两秒。巡检变慢，消息依然正确。',
    },
    'store-outage': {
      name: '服务中断',
      effect:
        '变化无法记录，因此不会发送。第三次巡检失败时，会绕过表格存储直接通知各渠道；恢复后补发期间的变化。',
    },
    'store-lost-answers': {
      name: '响应丢失',
      effect: '五分之一的请求已执行，但响应丢失。变化既不会丢失，也不会重复记录。',
    },
    'receiver-down': {
      name: '停止服务',
      effect:
        '返回 503。其他渠道照常送达，并在三次失败后通知该渠道发送失败；恢复后的下一次尝试会按顺序补发它错过的消息。',
    },
    'answers-lost': {
      name: '响应丢失',
      effect: '消息已显示，但发送方收不到响应，因此会重发，并注明可能重复。',
    },
  },
  faultOf: (server, name) => `${server}：${name}`,
  turned: (label, on, effect) => (on ? `${label}。${effect}` : `${label}：已结束。`),

  inbox: inboxWordsOf('zh'),
  channel: '渠道',
};
