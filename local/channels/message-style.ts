import { CHANNELS, drawingOf } from './receivers.ts';

/** Colours and fonts of a page that shows messages. */
export const COLOURS = `
  /* Without it, the first font that has a small black ⚫ draws it, and no phone does. */
  @font-face { font-family: circles; unicode-range: U+26AA-26AB, U+1F300-1FAFF;
               src: local("Apple Color Emoji"), local("Segoe UI Emoji"), local("Noto Color Emoji"); }
  :root { color-scheme: light dark; --line: #8884; --quiet: light-dark(#5b6475, #98a2b3);
          --paper: light-dark(#fff, #1d2025); --ground: light-dark(#f2f3f5, #121417);
          --accent: light-dark(#1456c8, #82b1ff); --edge: light-dark(#8a919e, #6b7280); }
  * { box-sizing: border-box; }
  a { color: var(--accent); }
`;

const ALL_MESSAGES = `
  article { margin: 0 0 1.8rem; }
  article > header { display: flex; flex-wrap: wrap; gap: 0 .8rem; color: var(--quiet);
                     font-size: .85em; overflow-wrap: anywhere; margin-bottom: .4rem; }
  article > header b { color: light-dark(#1a7f3c, #57c97c); }
  article.refused > header b { color: light-dark(#c62828, #ff7b72); }
  aside { max-width: 24rem; margin: 0 0 .6rem; padding: .5rem .8rem .6rem; border-radius: 1rem;
          color: #fff; background: linear-gradient(135deg, #3b4a63, #5d5470); }
  aside small { display: flex; justify-content: space-between; opacity: .75; }
  aside p { margin: 0; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4;
            overflow: hidden; overflow-wrap: anywhere; white-space: pre-line; }
  .message { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem;
             padding: .7rem .9rem; overflow: auto; overflow-wrap: anywhere; }
  .refused .message { filter: grayscale(1); border-style: dashed; }
  .message p, .message blockquote { margin: 0 0 .5rem; }
  .message > div { margin-bottom: .5rem; }
  .message p:last-child, .message blockquote:last-child { margin-bottom: 0; }
  .message pre, details pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0;
                              font: 12.5px/1.45 ui-monospace, monospace; }
  .heading { font-weight: 600; }
  .heading-1, .heading-2 { font-size: 1.25em; }
  .heading-3 { font-size: 1.12em; }
  .message .item { padding-left: 1.1em; position: relative; }
  .message .item::before { content: "•"; position: absolute; left: .1em; color: var(--quiet); }
  blockquote { border-left: 3px solid var(--line); padding-left: .7rem; color: var(--quiet); }
  code { font: .9em ui-monospace, monospace; background: #8882; border-radius: .3em; padding: .1em .3em; }
  hr { border: 0; border-top: 1px solid var(--line); }
  .mention { color: var(--accent); background: #4a90e222; border-radius: .3em; padding: 0 .2em; }
  .picture, .context { color: var(--quiet); }
  .context { font-size: .9em; }
  .font-info { color: light-dark(#1a7f3c, #57c97c); }
  .font-attention { color: light-dark(#c4314b, #ff8a9b); }
  .font-warning { color: light-dark(#b54a05, #ff9f43); }
  .font-comment { color: var(--quiet); }
  .buttons { display: flex; flex-wrap: wrap; gap: .5rem; }
  .button { border: 1px solid var(--line); border-radius: .4rem; padding: .1rem .7rem; }
  .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .2rem 1rem; }
  .plain { white-space: pre-wrap; }
  /* Feishu's colours, dark enough for white text. */
  .card-header { margin: -.7rem -.9rem .7rem !important; padding: .55rem .9rem; font-weight: 600;
                 color: #fff; background: #245bdb; }
  .card-red { background: #d83931; } .card-orange { background: #b35c00; }
  .card-yellow { background: #8a6100; } .card-green { background: #1f7a38; }
  .card-turquoise { background: #0b7670; } .card-blue { background: #245bdb; }
  .card-indigo { background: #4954e6; } .card-purple { background: #7a35f0; }
  .card-carmine { background: #c71585; } .card-grey { background: #646a73; }
  details { font-size: .85em; margin-top: .3rem; color: var(--quiet); }
  .folded { margin-bottom: .6rem; }
  .folded > details { margin: 0; }
  .folded > details[open] { margin-bottom: 1.8rem; }
  .folded > details > summary { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; cursor: pointer; }
  .folded > details > header { margin-top: .3rem; }
  .folded .message, .folded > details > summary bdi { color: light-dark(#1f2328, #e6e8eb); }
  .folded details details { font-size: 1em; }
`;

/** Each message resembles what its service draws, in these colours. */
export const MESSAGE_STYLE = [ALL_MESSAGES, ...CHANNELS.map((name) => drawingOf(name).style)].join(
  '',
);
