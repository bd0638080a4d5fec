import { grouped } from '../../shared/core/words/words.ts';
import { ZH as WORDS } from '../../shared/core/words/zh.ts';
import { lostKind, TOKEN_OF_COMMAND } from '../../shared/view/core/verdict.ts';
import { ZH as VERDICT } from '../../shared/view/core/verdict-words/zh.ts';
import { BRIEF_MS, type Texts } from './texts.ts';

const VERDICTS: Readonly<Record<string, string>> = {
  delivered: '已送达',
  retry: '稍后重试',
  throttled: '被限流',
  rejected: '被拒绝',
};

const PERIODS = { minute: '一分钟内', day: '今日', month: '本月' } as const;

export const ZH: Texts = {
  language: 'zh',
  otherLanguage: 'English',
  statuses: WORDS.statuses,
  released: '已释放',
  ...VERDICT,
  atLeast: (time) => `至少 ${time}`,
  asOf: (time, age) => `数据时间 ${time}（${age}前）`,
  timeZone: (zone) => `时间均为 ${zone}，悬停显示 UTC。`,
  sections: {
    changes: '最近变化',
    instances: '实例',
    time: '历史趋势',
    health: '监控状态',
  },
  instances: (count) => `${grouped(count)} 台实例`,
  shown: (shown, total) =>
    shown === total
      ? `${grouped(total)} 台实例`
      : `显示 ${grouped(shown)} 台，共 ${grouped(total)} 台实例`,
  reading: (read, total) => `正在读取 ${grouped(read)} / ${grouped(total)}…`,
  columns: {
    status: '状态',
    name: '名称',
    since: '持续时间',
    strip: '最近一天',
    zone: '可用区',
    type: '规格',
    addresses: 'IP 地址',
    tags: '标签',
  },
  sortBy: (column) => `按${column}排序`,
  search: '搜索',
  searchHint: '名称、ID 或 IP',
  region: '地域',
  anyRegion: '全部地域',
  anyZone: '全部可用区',
  tagHint: 'env=prod',
  clearFilters: '显示全部',
  noRows: '没有符合条件的实例。',
  printed: (printed, all) =>
    `仅打印前 ${grouped(printed)} 台，共 ${grouped(all)} 台；完整列表请下载 CSV。`,
  csv: '导出 CSV',
  copy: '复制',
  copied: '已复制',
  notCopied: (label) => `${label}：浏览器不允许复制，请在下方选中后复制`,
  strip: (hours) => `最近 ${hours} 小时的状态`,
  noChanges: '开始监控以来没有变化。',
  moreChanges: (count) => `再显示 ${grouped(count)} 条`,
  appeared: '新增',
  returned: '重新出现',
  baseline: '首次发现',
  close: '关闭',
  timeline: '状态时间线',
  details: '详细信息',
  detail: {
    instanceId: '实例 ID',
    scope: '监控范围',
    region: '地域',
    zoneId: '可用区',
    instanceType: '规格',
    resourceGroupId: '资源组',
    privateIps: '私网 IP',
    publicIps: '公网 IP',
    tags: '标签',
    created: '创建时间',
  },
  console: 'ECS 控制台',
  deliveries: '相关通知',
  noDeliveries: '最近的通知中没有提到该实例。',
  hiddenDeliveries: '当前令牌无权查看通知记录。',
  inPlaceOf: (channel) => `（代替${channel}）`,
  releasedAt: (time) => `已于 ${time} 释放`,
  noted: (by, until) => `——${by}，有效至 ${until}`,
  neverSeen: '在已检索的日志范围内，监控程序没有发现过该实例。',
  notThere: '这一时刻没有该实例。',
  lasted: (time) => `持续 ${time}`,
  outcome: (verdict) => VERDICTS[verdict] ?? verdict,
  ranges: { '1h': '1 小时', '6h': '6 小时', '24h': '24 小时', '7d': '7 天', '30d': '30 天' },
  moment: '查看某一时刻',
  momentBanner: (time) => `正在查看历史数据：${time}`,
  noMoment: (time) => `无法显示这一时刻：${time}`,
  refusedMoment: (text) =>
    `“${text}”不是有效的时间，以下是当前数据。时间须带日期和时区，例如 2026-11-22T10:05:00Z。`,
  backToNow: '返回当前',
  pastTab: '↶ 历史',
  shareMoment: '把本页地址发给他人，看到的是同一时刻。',
  noCounts: '暂无可绘制的数据。',
  scanned: '最近一次完整巡检',
  took: (ms) => `用时 ${ms < BRIEF_MS ? `${grouped(ms)} 毫秒` : VERDICT.duration(ms)}`,
  calls: (calls, perMinute) => `调用 ${grouped(calls)} 次（每分钟上限 ${grouped(perMinute)} 次）`,
  throttles: (count) => `${grouped(count)} 次被限流`,
  delivered: '最近送达',
  waiting: (count) => `待发送 ${grouped(count)} 条`,
  budget: (used, limit, per) => `${PERIODS[per]}已发 ${grouped(used)} / ${grouped(limit)} 条`,
  scanWell: '正常',
  scanFailing: (failures, reason) =>
    `连续 ${grouped(failures)} 次巡检失败${reason === '' ? '' : `：${reason}`}`,
  scanStale: '数据过期',
  scanRests: '没有实例，每隔几分钟巡检一次',
  scanHeld: (missing) => `${grouped(missing)} 台实例同时消失，暂缓通报释放`,
  scanAdvice: '运行 npm run doctor 查看处理方法。',
  channelWell: '正常',
  channelFailing: (failures, problem) =>
    `连续 ${grouped(failures)} 次发送失败${problem === '' ? '' : `：${problem}`}`,
  failingSince: '失败始于',
  channelAbandoned: '发送失败后已数小时未再尝试，可能已不再配置',
  channelAdvice:
    '请检查该渠道的地址与密钥，可用 npm run notify -- --test 测试。通知不会丢失，恢复后会补发。',
  channelSetAside: (count) => `最近一周有 ${grouped(count)} 条记录无法送达`,
  never: '从未',
  noChannels: '尚未配置通知渠道，变化只显示在本页。',
  hiddenHealth: '当前令牌无权查看巡检与通知渠道。',
  savedFile: {
    title: '这是下载的文件，无法显示实例',
    reason: '来自 *.fcapp.run 的页面，浏览器只会下载，不会显示。',
    command: '请在 ecs-watch 的代码目录中，把令牌放入 VIEW_TOKEN，再用以下命令打开页面：',
    domain: '也可以为查询函数绑定自定义域名，方法见 deploy/README.md。',
  },
  lost: ({ problem, status, code }) => {
    if (code === TOKEN_OF_COMMAND) {
      return '查询接口不再接受 npm run page 命令所用的令牌。请把新令牌写入 --token-file 指定的文件，或结束该命令，在 VIEW_TOKEN 中设置新令牌后重新启动。之后本页会自动恢复。';
    }
    if (status === 401) return '令牌已失效。';
    if (status === 0) return '没有收到响应：网络或查询接口不可用，或响应过慢。';
    const isForeign = lostKind({ status, code }) === 'foreign';
    return isForeign ? `${problem}。可能是代理要求登录，或查询接口的版本与本页不同。` : problem;
  },
  signIn: '重新登录',
  reload: '重新加载页面',
  cannotShow: {
    part: '这一部分无法显示',
    page: '本页无法显示查询接口的响应，将每分钟自动重新加载',
  },
  retry: '立即重试',
  refusedFilter: '筛选条件无效',
  programs: '供程序使用',
  keys: '快捷键',
  keyHelp: [
    ['/', '搜索'],
    ['j  k', '下一台、上一台实例'],
    ['Enter', '打开'],
    ['Esc', '关闭，或退出搜索'],
    ['?', '显示此帮助'],
  ],
};
