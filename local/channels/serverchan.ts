import { pushDrawing } from './push-view.ts';
import { jsonAnswer, type ReceiverKind, type Verdict } from './receiver.ts';

// https://sct.ftqq.com/sendkey

const MAX_TITLE_LENGTH = 32;
const MAX_TEXT_BYTES = 32 * 1024;
/** Messages that a free account may send in a day. */
const MAX_PER_DAY = 5;
const DAY_MS = 24 * 60 * 60 * 1000;
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;
const KEY = 'SCT000000T0000000000000000000000000';

type ServerchanSettings = { readonly url: string };

/** ServerChan (Server 酱) Turbo, which passes on to WeChat. */
export const serverchan: ReceiverKind<ServerchanSettings> = {
  names: { en: 'ServerChan', zh: 'Server 酱' },
  path: '/SCT',
  variables: { url: 'SERVERCHAN_URL' },
  settings: (base) => ({ url: `${base}/${KEY}.send` }),
  create({ url }) {
    const { pathname } = new URL(url);
    let day = -1;
    let sent = 0;
    return {
      judge(arrival) {
        if (arrival.url.pathname !== pathname) return refused('[AUTH]用户不存在或者权限不足');
        const { title, text } = pushIn(arrival.body.toString());
        if (title === '') return refused('[INPUT]消息标题不能为空');
        if ([...title].length > MAX_TITLE_LENGTH) return refused('[INPUT]消息标题过长');
        if (Buffer.byteLength(text) > MAX_TEXT_BYTES) return refused('[INPUT]消息内容过长');
        const today = Math.floor((arrival.atMs + CHINA_OFFSET_MS) / DAY_MS);
        if (today !== day) [day, sent] = [today, 0];
        if (sent >= MAX_PER_DAY)
          return refused(`[AUTH]超过当天的发送次数限制[${MAX_PER_DAY}]，请稍后再试`);
        sent += 1;
        const data = { pushid: '1', readkey: 'x', error: 'SUCCESS', errno: 0 };
        return { accepted: true, answer: jsonAnswer(200, { code: 0, message: '', data }) };
      },
    };
  },
  drawing: pushDrawing(pushIn),
};

function pushIn(body: string) {
  const form = new URLSearchParams(body);
  return { title: form.get('title') ?? '', text: form.get('desp') ?? '' };
}

function refused(message: string): Verdict {
  return { accepted: false, answer: jsonAnswer(400, { code: 40001, message }) };
}
