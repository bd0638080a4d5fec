import type { Clock } from '../clock.ts';
import type { Notice } from '../model.ts';
import { cleanText } from '../text.ts';
import { type ReportWords, share, wordsOfReport } from './report-words.ts';
import { grouped, type NoticeWords, percentOf, type WordedStatus, type Words } from './words.ts';

/** As the console words them. */
const STATUSES: Words['statuses'] = {
  Pending: '准备中',
  Starting: '启动中',
  Running: '运行中',
  Stopping: '停止中',
  Stopped: '已停止',
  released: '已释放',
};

export const ZH: Words = {
  statuses: STATUSES,
  arrivals: { new: '新增', returned: '重新出现', 'created-before': '新发现' },
  counts: {
    instance: (count) => `${grouped(count)} 台实例`,
    scope: (count) => `${grouped(count)} 个监控范围`,
    notice: (count) => `${grouped(count)} 条通知`,
    otherChange: (count) => `其他变化 ${grouped(count)} 项`,
    day: (count) => `${grouped(count)} 天`,
    hour: (count) => `${grouped(count)} 小时`,
    minute: (count) => `${grouped(count)} 分钟`,
    second: (count) => `${grouped(count)} 秒`,
  },
  someOf: (names, count) =>
    `${names.join('、')}${count > names.length ? ` 等 ${grouped(count)} 个` : ''}`,

  outcome(status, way) {
    if (way === 'again') return `恢复为${status}`;
    return way === null ? status : `${ZH.arrivals[way]}，${status}`;
  },
  before(status, held) {
    if (held === undefined) return `此前${status}`;
    const { isAtLeast, duration } = held;
    return `此前${heldAs(status)}${isAtLeast ? '至少' : ''} ${duration}`;
  },
  between: (statuses) => `期间状态：${statuses.join('、')}`,
  changesBetween: (count) => `期间变化 ${grouped(count)} 次`,
  aside: (outcome, details) => `${outcome}（${details.join('；')}）`,
  withNote: (outcome, note) => `${outcome}，${note}`,
  returnedNote: (time) =>
    `并未释放：${time === null ? '此前' : `${time} `}通报的“已释放”有误，当时 ECS 没有返回该实例`,
  createdNote: (date) => `创建于 ${date}`,
  note: (text, by, until) => `备注（${by}，有效至 ${until}）：${text}`,
  lasting: (status, duration) => ({
    title: `${status}已 ${duration}`,
    text: `${status}已持续 ${duration}，请到控制台查看`,
  }),
  flapping: (status, flips, since) => ({
    title: `状态反复，变化 ${grouped(flips)} 次`,
    text: `${status}，状态反复：自 ${since} 起变化 ${grouped(flips)} 次，之后只计数，稳定后再通知`,
  }),
  settled: (status, flips, since) => ({
    title: `${status}，已稳定`,
    text: `${status}，已稳定：自 ${since} 起共变化 ${grouped(flips)} 次`,
  }),
  counted: (status, flips, since) => ({
    title: `${status}，期间变化 ${grouped(flips)} 次`,
    text: `${status}，自 ${since} 起变化 ${grouped(flips)} 次`,
  }),
  still: ({ duration, isAtLeast }) => `已停止${isAtLeast ? '至少' : ''} ${duration}，仍未启动`,
  stillMany: '仍未启动',
  standings: {
    lasting: (status) => `一直${status}`,
    flapping: () => '状态反复',
    settled: (status) => `已稳定，${status}`,
    counted: (status) => `多次变化后${status}`,
  },

  manyTitle: (count, outcome, names) =>
    `${grouped(count)} 台${outcome}${
      names.length === 0 ? '' : `：${names.join('、')}${names.length < count ? ' …' : ''}`
    }`,
  repeatTitle: (title) => `（可能重复）${title}`,
  pauseTitle: (from, until) => `${from} 至 ${until} 未监控`,
  pausesTitle: '有几段时间未监控',
  pauseText: (from, until) =>
    `${from} 至 ${until} 未监控，以下是现在与之前的差异。如果不是计划内的暂停，请查看 watch 函数的日志。`,
  muteTitle: (from, until) => `${from} 至 ${until} 静默`,
  muteText: (from, until) =>
    `${from} 至 ${until} 静默，以下是期间发生的变化，每行以应发送到此处的最后一次变化为准。`,
  inPlaceOf: (channel, since) => `代替渠道“${channel}”发送：该渠道自 ${since} 起发送失败。`,
  insteadTitle: (messages, channel) => `已恢复，其间 ${grouped(messages)} 条消息发往“${channel}”`,
  insteadText: (messages, channel, from, until) =>
    `本渠道发送失败期间，${messages === 1 ? until : `${from} 至 ${until}`} 有 ${grouped(messages)} 条消息改发到“${channel}”。`,
  baselines(instances, regions) {
    const fleet = `${grouped(regions)} 个地域的 ${grouped(instances)} 台实例`;
    return { title: `开始监控 ${fleet}`, text: `已开始监控 ${fleet}，状态变化将在此通知。` };
  },
  totals: (left, counts) => `…… 另有 ${grouped(left)} 条未列出。合计：${counts.join('；')}。`,
  total: (count, outcome) => `${grouped(count)} 台${outcome}`,
  links: { console: '控制台', instance: '历史记录', view: '全部实例' },

  sentenceSpace: '',
  notice: noticeWords,
};

const REPORT: ReportWords = {
  title: (per, changes, stopped, instances) =>
    `${per === 'day' ? '日报' : '周报'}：${changes}，${grouped(instances)} 台中 ${grouped(stopped)} 台已停止`,
  changes: (count) => (count === 0 ? '没有变化' : `变化 ${grouped(count)} 次`),
  changed: (from, until, count, outcomes) =>
    `${from} 至 ${until}，${count}${outcomes.length === 0 ? '' : `：${outcomes.join('，')}`}。`,
  outcome: (count, status) => `${status} ${grouped(count)}`,
  isCut: '变化太多，未能全部统计。',
  unread: (scopes) => `以下范围无法读取，未统计：${scopes.join('、')}。`,
  stopped: (stopped, instances, longest) =>
    `目前 ${grouped(instances)} 台中 ${grouped(stopped)} 台已停止${stopped > longest.length ? '，时间最长的是' : ''}：${longest.join('，')}。`,
  noneStopped: (instances) =>
    instances === 0 ? '没有实例。' : `${grouped(instances)} 台实例均未停止。`,
  stoppedFor: (name, time, isAtLeast) => `${name} ${isAtLeast ? '至少 ' : ''}${time}`,
  flapping: (count, most) =>
    `状态反复的实例 ${grouped(count)} 台${count > most.length ? '，变化最多的是' : ''}：${most.join('，')}。`,
  changedOften: (name, changes) => `${name}（${changes}）`,
  ticks: (good, expected, late) =>
    `巡检：应执行 ${grouped(expected)} 次，成功 ${grouped(good)} 次，延迟 ${grouped(late)} 次`,
  ofTicks: (said, facts) => `${said}（${facts.join('，')}）`,
  since: (time) => `自 ${time} 起统计`,
  noTicks: '巡检：未统计成功次数',
  channels: (said) => `消息额度：${said.join('；')}。`,
  spent: (channel, messages, quota, period) =>
    `${channel} ${period} 已用 ${share(messages, quota, ' / ')}`,
};

/** In these statuses an instance is said to have done something for a time, and not to have been it. */
const HELD: Readonly<Partial<Record<WordedStatus, string>>> = {
  Running: '已运行',
  Stopped: '已停止',
};

/** How a status was held; `word`: that of the status. */
function heldAs(word: string): string {
  const status = (Object.keys(HELD) as WordedStatus[]).find((known) => STATUSES[known] === word);
  return (status && HELD[status]) ?? `处于${word}`;
}

const MAX_REASON_LENGTH = 200;

/** The words of an outside service, which stay as they are. */
function reasonOf(reason: string): string {
  return `原因：${cleanText(reason, MAX_REASON_LENGTH)}`;
}

function noticeWords(notice: Notice, clock: Clock): NoticeWords {
  switch (notice.kind) {
    case 'baseline': {
      const { since } = notice;
      const instances = `${grouped(notice.instances)} 台实例`;
      if (since !== undefined) {
        return {
          title: '快照损坏，已重建基线',
          text:
            '已存储的快照损坏。变更日志中仍保留的内容照旧有效，其余部分重新建立了基线：' +
            `${instances}。其余部分在此期间是否有实例被释放已无从得知，如有疑问请到 ECS 控制台核对。`,
        };
      }
      return {
        title: `开始监控 ${instances}`,
        text: `已开始监控 ${instances}，状态变化将在此通知。`,
      };
    }
    case 'suspicious-scan': {
      const vanished = `${grouped(notice.known)} 台实例中有 ${grouped(notice.missing)} 台同时消失`;
      return {
        title: vanished,
        text:
          `${vanished}。在连续多次扫描一致之前，不会通报为已释放，因为权限丢失时也是这种现象。` +
          '请到 ECS 控制台核对：如果实例还在，请恢复 watch 函数所用角色的权限。',
      };
    }
    case 'suspicion-lifted':
      return {
        title: '消失的实例已重新出现',
        text: `此前消失的 ${grouped(notice.missing)} 台实例已重新出现，期间没有通报释放，无需处理。`,
      };
    case 'scans-failing': {
      const { failures, sinceMs, reason } = notice;
      const scans = failures === 1 ? '最近一次扫描失败' : `已连续 ${grouped(failures)} 次扫描失败`;
      return {
        title: `${clock.time(sinceMs)} 起扫描失败，看不到变化`,
        text:
          `自 ${clock.time(sinceMs)} 起${scans}（${reasonOf(reason)}）。修复之前看不到任何变化，` +
          '请运行 npm run doctor 查看处理办法。',
      };
    }
    case 'scans-recovered':
      return {
        title: '扫描已恢复',
        text:
          `扫描已恢复，自 ${clock.time(notice.sinceMs)} 起共失败 ${grouped(notice.failures)} 次。` +
          '期间的变化现在一并通报。',
      };
    case 'long-round': {
      const minutes = `${grouped(Math.max(1, Math.ceil(notice.roundMs / 60_000)))} 分钟`;
      return {
        title: `扫描一遍需要 ${minutes}`,
        text:
          `按目前的调用额度，扫描约 ${grouped(notice.instances)} 台实例需要 ${minutes}，变化最多会晚` +
          '这么久才通报。如果 ECS 允许更多调用，请调高 ECS_CALLS_PER_MINUTE；也可以延长函数的执行' +
          '时间，或者缩小监控范围。',
      };
    }
    case 'channel-failing': {
      const { failures, deliveredAtMs, reason } = notice;
      const { channel } = notice;
      const attempts =
        failures === 1 ? '最近一次发送失败' : `最近 ${grouped(failures)} 次发送均失败`;
      return {
        title: `渠道 ${channel} 发送失败`,
        text:
          `渠道 ${channel} ${attempts}（${reasonOf(reason)}）。` +
          (deliveredAtMs === null
            ? '该渠道还没有收到过消息。'
            : `上次送达是 ${clock.time(deliveredAtMs)}。`) +
          '请检查渠道的地址和接收方；没有送达的内容会保留，恢复后补发。',
      };
    }
    case 'channel-recovered': {
      const { channel } = notice;
      return {
        title: `渠道 ${channel} 已恢复`,
        text:
          `渠道 ${channel} 已恢复，此前自 ${clock.time(notice.sinceMs)} 起发送失败。` +
          '没有送达的内容现在补发。',
      };
    }
    case 'quota-low': {
      const { channel } = notice;
      return {
        title: `渠道 ${channel} 本月消息额度已用 ${percentOf(notice)}%`,
        text:
          `渠道 ${channel} 本月已发送 ${grouped(notice.used)} 条，额度 ${grouped(notice.quota)} 条。` +
          '好消息将合并发送，最后一成留给坏消息。请用路由减少发送，或提高额度。',
      };
    }
    case 'account-failing': {
      const account = cleanText(notice.account);
      return {
        title: `账号 ${account} 无法监控`,
        text:
          `账号 ${account} 无法监控（${reasonOf(notice.reason)}）。修复之前看不到该账号下实例的变化，` +
          '其他账号不受影响。请检查该账号的角色、角色的信任策略和 WATCH_CONFIG 中的 externalId。',
      };
    }
    case 'account-recovered': {
      const account = cleanText(notice.account);
      return {
        title: `账号 ${account} 已恢复监控`,
        text:
          `账号 ${account} 已恢复监控，此前自 ${clock.time(notice.sinceMs)} 起无法监控。` +
          '期间的变化现在一并通报。',
      };
    }
    case 'ticks-resumed': {
      const [from, until] = clock.span(notice.sinceMs, notice.untilMs);
      return {
        title: `${from} 至 ${until} 没有巡检记录`,
        text:
          `巡检已恢复。${from} 至 ${until} 没有巡检记录：表格存储不可用，或者巡检没有执行。` +
          '期间的变化现在一并通报。如果不是计划内的暂停，请查看 watch 函数的日志。',
      };
    }
    case 'report':
      return wordsOfReport(notice, clock, ZH, REPORT);
    case 'test':
      return {
        title: '这是一条测试消息',
        text: '用于测试此渠道是否可用，没有实例发生变化。',
      };
    case 'store-failing': {
      const { failures, sinceMs, reason } = notice;
      return {
        title: `${clock.time(sinceMs)} 起监控中断`,
        text:
          `ecs-watch 所用的表格存储（Tablestore）不可用：自 ${clock.time(sinceMs)} 起 ` +
          `${grouped(failures)} 次巡检失败（${reasonOf(reason)}）。修复之前不记录也不通报任何变化。` +
          '请检查表格存储实例和 watch 函数所用的角色。本消息每半小时发送一次。',
      };
    }
    case 'unknown':
      return {
        title: '来自更新版本的通知',
        text:
          `更新版本的 ecs-watch 记录了一条“${cleanText(notice.name, 60)}”类通知，` +
          '当前版本无法识别。请重新部署更新的版本。',
      };
  }
}
