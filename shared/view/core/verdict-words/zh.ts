import { channelIn } from '../../../core/channel-names.ts';
import { grouped } from '../../../core/words/words.ts';
import { CHANNEL_NAMES } from '../channel-names.ts';
import { type LostKind, lostKind, type NamedInstance } from '../verdict.ts';
import { durationIn } from './duration.ts';
import type { Speech, VerdictWords } from './words.ts';

const duration = durationIn(['天', '小时', '分钟', '秒']);

function some(names: readonly string[]): string {
  if (names.length <= 2) return names.join('、');
  return `${names.slice(0, 2).join('、')} 等 ${grouped(names.length)} 个`;
}

function channel(name: string): string {
  return channelIn('zh', name, CHANNEL_NAMES);
}

/** What comes before `在最近一小时内停止`: a space parts only a name in letters or digits from it. */
function stopped(instances: readonly NamedInstance[], { instance, others }: Speech): string {
  const shown = instances.map(instance);
  const last = instances.at(-1)?.name ?? '';
  if (shown.length <= 2) return `${shown.join('、')}${/\p{Script=Han}$/u.test(last) ? '' : ' '}`;
  return `${shown.slice(0, 2).join('、')} ${others(`等 ${machines(shown.length)}`)}`;
}

/** `3 台`, which no line break parts. */
function machines(count: number): string {
  return `${grouped(count)}\u00a0台`;
}

const UNREACHABLE: Readonly<Record<LostKind, string>> = {
  silent: '查询接口没有响应',
  foreign: '本页无法读取查询接口的响应',
  token: '查询接口不接受当前令牌',
  refused: '查询接口拒绝了本页的请求',
  store: '查询接口无法读取存储',
  broken: '查询接口返回错误',
};

export const ZH: VerdictWords = {
  levels: { alarm: '告警', warning: '注意', well: '正常', unknown: '加载中' },
  verdict(verdict, speech) {
    const { nowMs, duration: lasting, time } = speech;
    switch (verdict.kind) {
      case 'loading':
        return { text: '正在读取实例…', advice: '' };
      case 'unreachable':
        return {
          text: `${UNREACHABLE[lostKind(verdict)]}，已持续 ${lasting(nowMs - verdict.sinceMs)}`,
          advice: '以下内容是旧数据，页面会继续重试。',
        };
      case 'no-moment':
        return {
          text: '查询接口无法显示这一时刻',
          advice: '该时刻在将来，或早于变更日志可以显示的范围。',
        };
      case 'unwatched':
        return {
          text: '尚未开始监控',
          advice: '首次巡检后，实例会显示在这里。若一直没有，请运行 npm run doctor。',
        };
      case 'not-yet':
        return { text: '当时尚未开始监控', advice: '' };
      case 'stale':
        return {
          text:
            verdict.asOfMs === null
              ? `${some(verdict.scopes)} 尚未完成过巡检`
              : `${some(verdict.scopes)} 的数据已是 ${lasting(nowMs - verdict.asOfMs)}前的`,
          advice: `${verdict.asOfMs === null ? '' : `自 ${time(verdict.asOfMs)} 起`}没有完整的巡检，以下内容可能有误。${verdict.unscanned.length === 0 ? '' : `${some(verdict.unscanned)} 尚未完成过巡检。`}请运行 npm run doctor。`,
        };
      case 'failing':
        return { text: `${some(verdict.scopes)} 巡检失败`, advice: '原因见下方“监控状态”。' };
      case 'channels':
        return {
          text:
            verdict.channels.length === 0
              ? '有通知渠道发送失败'
              : `通知渠道 ${some(verdict.channels.map(channel))} 发送失败`,
          advice:
            verdict.channels.length === 0
              ? '变化仍会记录，但该渠道收不到通知。当前令牌无权查看是哪个渠道。'
              : '变化仍会记录，但该渠道收不到通知。原因见下方“监控状态”。',
        };
      case 'just-stopped':
        return {
          text: `${stopped(verdict.instances, speech)}在最近一小时内停止`,
          advice:
            verdict.notRunning > verdict.instances.length
              ? `未运行的实例共 ${machines(verdict.notRunning)}。`
              : '',
        };
      case 'held':
        return {
          text: `${some(verdict.scopes)} 有 ${machines(verdict.missing)}实例同时消失`,
          advice: '多次巡检结果一致之前，不会通报为已释放。',
        };
      case 'not-running':
        return {
          text: `${machines(verdict.count)}实例未在运行`,
          advice: `最近 ${lasting(verdict.calmMs)}内没有新停止的实例。`,
        };
      case 'well':
        return {
          text: verdict.total === 0 ? '没有实例' : `${machines(verdict.total)}实例全部运行中`,
          advice: '',
        };
    }
  },
  tab(verdict) {
    switch (verdict.kind) {
      case 'loading':
      case 'well':
      case 'not-yet':
      case 'no-moment':
        return '';
      case 'unreachable':
        return '⚠ 无响应';
      case 'unwatched':
        return '… 等待巡检';
      case 'stale':
        return '⚠ 数据过期';
      case 'failing':
        return '⚠ 巡检失败';
      case 'channels':
        return '⚠ 渠道失败';
      case 'just-stopped':
        return `⚠ ${grouped(verdict.instances.length)} 台停止`;
      case 'held':
        return `⚠ ${grouped(verdict.missing)} 台消失`;
      case 'not-running':
        return `${grouped(verdict.count)} 台未运行`;
    }
  },
  channel,
  duration,
  ago: (ms) => `${duration(ms)}前`,
};
