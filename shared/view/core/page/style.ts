/**
 * The page's one style sheet. Colours are named by their meaning; every text colour has a contrast
 * of 4.5:1 to its background in both themes, and colour is never the only sign of anything.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff;
  --panel: #f4f6f8;
  --line: #c9d1d9;
  --text: #1b1f24;
  --quiet: #57606a;
  --link: #0b57d0;
  --alarm: #a31515;
  --on-level: #ffffff;
  --warning: #8a5200;
  --well: #116329;
  --other: #5b3cc4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a;
    --panel: #1e2328;
    --line: #3d444d;
    --text: #e6e9ec;
    --quiet: #a7b0ba;
    --link: #8ab4f8;
    --alarm: #ffb4ab;
    --on-level: #14171a;
    --warning: #ffca6a;
    --well: #7ee29a;
    --other: #b7a4ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 76rem;
  padding: 0 1rem 2rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", sans-serif;
  overflow-wrap: anywhere;
}
:lang(zh) {
  font-family: "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC",
    "Noto Sans SC", "Source Han Sans SC", system-ui, sans-serif;
  line-break: strict;
}
h1 { font-size: 1.25rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h3 { font-size: .9375rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
ul, ol { list-style: none; margin: 0; padding: 0; }
code, .id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
time, .id { white-space: nowrap; }
.whole { display: inline-block; max-width: 100%; }
.quiet { color: var(--quiet); font-size: .875rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .5rem; background: var(--page); }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding: 1rem 0 .5rem; }
.alarm { color: var(--alarm); font-weight: 600; }
.well { color: var(--well); font-weight: 600; }
.verdict { background: var(--quiet); color: var(--on-level); padding: .75rem 1rem; border-radius: .375rem; }
.verdict.alarm { background: var(--alarm); }
.verdict.warning { background: var(--warning); }
.verdict.well { background: var(--well); }
.verdict.alarm, .verdict.well { color: var(--on-level); font-weight: 400; }
.verdict p:first-child { font-size: 1.125rem; }
.tone { font-weight: 600; }
.tone.running { color: var(--well); font-weight: 400; }
.tone.stopped { color: var(--alarm); }
.tone.moving { color: var(--warning); }
.tone.other { color: var(--other); }
.tone.gone { color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: .5rem; }
.cards li { background: var(--panel); border-radius: .375rem; padding: .5rem .75rem; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; }
.counts a { display: block; padding: .375rem .75rem; border: 1px solid var(--line); border-radius: .375rem; text-decoration: none; }
.counts a[aria-current] { border-color: var(--link); box-shadow: inset 0 0 0 1px var(--link); font-weight: 600; }
form { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: .75rem 0; }
label { display: grid; gap: .125rem; font-size: .875rem; color: var(--quiet); flex: 1 1 9rem; }
input, select, button {
  font: inherit; color: var(--text); background: var(--page); min-height: 2.5rem; min-width: 0;
  border: 1px solid var(--quiet); border-radius: .375rem; padding: .25rem .5rem; width: 100%;
}
button { width: auto; padding: .25rem 1rem; cursor: pointer; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--quiet); font-size: .875rem; }
tbody th > bdi { display: block; font-weight: 600; }
td.status { overflow-wrap: break-word; }
td.where .whole { margin-right: .5rem; }
.feed li { padding: .3rem 0; border-bottom: 1px solid var(--line); }
nav.pages { margin: .75rem 0; }
footer { margin-top: 2rem; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, caption { display: block; }
  tbody tr { display: grid; grid-template-columns: 1fr auto; gap: 0 .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  tbody th, tbody td { border: 0; padding: 0; }
  tbody .status { text-align: right; }
  tbody .since, tbody .where { grid-column: 1 / -1; }
}
`;
