import fc from 'fast-check';
import {
  DINGTALK_MARKDOWN,
  FEISHU_MARKDOWN,
  markdownHtml,
  WECOM_MARKDOWN,
} from '../../../local/channels/markdown.ts';
import { CHANNELS, drawingOf } from '../../../local/channels/receivers.ts';
import { propertyRuns } from '../../helpers/rounds.ts';

const drawDingtalk = (text: string): string => markdownHtml(text, DINGTALK_MARKDOWN).markup;
const drawWecom = (text: string): string => markdownHtml(text, WECOM_MARKDOWN).markup;

it.each([
  ['a heading', '#### 标题', '<p class="heading heading-4">标题</p>'],
  ['bold and italic', '**a** *b*', '<p><strong>a</strong> <em>b</em></p>'],
  ['lines of one paragraph', 'a\nb', '<p>a b</p>'],
  ['a line that ends with two spaces', 'a  \nb', '<p>a<br>b</p>'],
  ['two paragraphs', 'a\n\nb', '<p>a</p><p>b</p>'],
  ['items', '- a\n- b', '<p class="item">a</p><p class="item">b</p>'],
  ['an item of two lines', '- a  \n  b', '<p class="item">a<br>b</p>'],
  ['a quote', '> a\n> b', '<blockquote>a b</blockquote>'],
  ['a link', '[a](https://x.y)', '<p><a href="https://x.y" rel="noreferrer">a</a></p>'],
  ['a mention', '@13800000000', '<p><span class="mention">@13800000000</span></p>'],
  ['no code', '`a`', '<p>`a`</p>'],
  ['no picture, but its name', '![a](http://x/y)', '<p><span class="picture">▧ a</span></p>'],
])('DingTalk draws %s', (_what, text, expected) => {
  expect(drawDingtalk(text)).toBe(expected);
});

it.each([
  ['each line by itself', 'a\nb', '<p>a<br>b</p>'],
  ['its colours', '<font color="warning">a</font>', '<p><span class="font-warning">a</span></p>'],
  ['no other colour', '<font color="red">a</font>', '<p>a</p>'],
  [
    'bold text in a colour',
    '**<font color="info">a</font>**',
    '<p><strong><span class="font-info">a</span></strong></p>',
  ],
  ['code', '`a`', '<p><code>a</code></p>'],
  ['a mention', '<@zhang>', '<p><span class="mention">@zhang</span></p>'],
  ['no list', '- a', '<p>- a</p>'],
])('WeCom draws %s', (_what, text, expected) => {
  expect(drawWecom(text)).toBe(expected);
});

it.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '//x.y', ' https://x'])(
  'makes no link of the address %s',
  (address) => {
    for (const dialect of [DINGTALK_MARKDOWN, FEISHU_MARKDOWN, WECOM_MARKDOWN]) {
      expect(markdownHtml(`[a](${address})`, dialect).markup).not.toContain('<a ');
    }
  },
);

/** Pieces of markup of every service, and of HTML. */
const PIECE = fc.constantFrom(
  ...['<script>', '</p>', '<img src=x onerror=a>', '"', "'", '&', '&lt;', '<', '>', '*', '**', '_'],
  ...[
    '`',
    '[',
    ']',
    '(',
    ')',
    '!',
    '@',
    '@all',
    '# ',
    '> ',
    '- ',
    '\n',
    '  \n',
    'a',
    '云',
    '|',
    '~',
  ],
  ...['<font color="warning">', '</font>', '<font color="x" onclick="a">', '<@a>', '<!channel>'],
  ...['<at id=all></at>', 'https://x.y/"onclick="a', 'javascript:a', '](https://x)', '<https://x|'],
);
const TEXT = fc.array(PIECE, { maxLength: 30 }).map((pieces) => pieces.join(''));

/** Everything that a drawing may hold, with attributes that are written by this code. */
const OWN_TAG =
  /^<\/?(?:p|div|span|strong|em|s|code|br|hr|pre|blockquote|a)(?: class="[\w -]+")?(?: href="https?:\/\/[^"<>]*" rel="noreferrer")?>$/u;

it('lets nothing of a message become HTML, in any service', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      for (const channel of CHANNELS) {
        for (const body of bodiesOf(text)) {
          const { markup } = drawingOf(channel).htmlOf(body);
          const tags = markup.match(/<[^>]*>?/gu) ?? [];
          expect(tags.filter((tag) => !OWN_TAG.test(tag))).toEqual([]);
        }
      }
    }),
    { seed: 12, numRuns: propertyRuns(300) },
  );
});

/** The text in each place that a service draws. */
function bodiesOf(text: string): readonly string[] {
  const plain = { tag: 'plain_text', content: text };
  const lark = { tag: 'lark_md', content: text };
  const mrkdwn = { type: 'mrkdwn', text };
  return [
    {
      msgtype: 'markdown',
      markdown: { title: text, text, content: text },
      text,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text } },
        { type: 'section', text: mrkdwn, fields: [mrkdwn] },
        { type: 'context', elements: [mrkdwn] },
        { type: 'actions', elements: [{ type: 'button', text: { text }, url: text }] },
        { type: text, text },
      ],
      event_action: text,
      payload: { summary: text, severity: text, custom_details: { news: [text] } },
      links: [{ href: text, text }],
      attachments: [
        {
          content: {
            body: [
              { type: 'TextBlock', text, color: text },
              { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, weight: 'bolder' }] },
              { type: 'FactSet', facts: [{ title: text, value: text }] },
              { type: text, text },
            ],
            actions: [{ type: 'Action.OpenUrl', title: text, url: text }],
          },
        },
      ],
      card: {
        header: { template: text, title: plain },
        elements: [
          { tag: 'div', text: lark, fields: [{ text: plain }] },
          { tag: 'markdown', content: text },
          { tag: 'action', actions: [{ text: plain, url: text }] },
          { tag: text },
        ],
      },
    },
    { msgtype: 'text', text: { content: text }, content: { text } },
  ].map((message) => JSON.stringify(message));
}
