import { isCurrent } from '../../../core/note.ts';
import type { InstanceRow } from '../instance-row.ts';
import { ago, idLink, nameOf, outsideText, statusOf, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';
import type { PlainWords } from './words/words.ts';

// The roles repeat what the elements mean. On a narrow screen the style sheet lays the rows out as
// cards, and some browsers would then forget that this is a table.
export function instancesTable(
  rows: readonly InstanceRow[],
  total: number,
  { nowMs, words }: PageData,
): Html {
  return html`<table role="table">
<caption class="quiet">${words.caption(total)}</caption>
<thead role="rowgroup"><tr role="row">
${words.columns.map(
  (column) => html`<th scope="col" role="columnheader">${column}</th>
`,
)}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(row, nowMs, words))}
</tbody>
</table>`;
}

function tableRow(
  { instanceId, scope, sinceMs, instance }: InstanceRow,
  nowMs: number,
  words: PlainWords,
): Html {
  const {
    name = '',
    status,
    sinceKnown,
    zoneId,
    instanceType,
    privateIps = [],
    publicIps = [],
    note,
  } = instance;
  const written =
    note !== undefined && isCurrent(note, nowMs)
      ? html`<p class="quiet">✎ <bdi>${outsideText(note.text)}</bdi></p>`
      : NOTHING;
  const where = [scope, zoneId, instanceType, ...privateIps, ...publicIps]
    .filter((part) => part !== undefined)
    .map((part) => html`<span class="whole">${outsideText(part)}</span> `);
  return html`<tr role="row">
<th scope="row" role="rowheader">${name === '' ? NOTHING : nameOf(name)}${idLink(instanceId)}${written}</th>
<td role="cell" class="status">${statusOf(words, status)}</td>
<td role="cell" class="since">${sinceKnown ? NOTHING : `${words.atLeast} `}${time(sinceMs)} <span class="quiet whole">${ago(words, sinceMs, nowMs)}</span></td>
<td role="cell" class="where quiet">${where}</td>
</tr>
`;
}
