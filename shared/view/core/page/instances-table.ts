import { counted } from '../../../core/text.ts';
import type { InstanceRow } from '../fleet.ts';
import { ago, idLink, nameOf, outsideText, statusOf, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';

// The roles repeat what the elements mean. On a narrow screen the style sheet lays the rows out as
// cards, and some browsers would then forget that this is a table.
export function instancesTable(rows: readonly InstanceRow[], total: number, nowMs: number): Html {
  return html`<table role="table">
<caption class="quiet">${counted(total, 'instance')}, most recently changed first. An instance that
changes while you turn pages moves to the first page.</caption>
<thead role="rowgroup"><tr role="row">
<th scope="col" role="columnheader">Instance</th>
<th scope="col" role="columnheader">Status</th>
<th scope="col" role="columnheader">Since</th>
<th scope="col" role="columnheader">Where</th>
</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(row, nowMs))}
</tbody>
</table>`;
}

function tableRow({ instanceId, scope, sinceMs, instance }: InstanceRow, nowMs: number): Html {
  const {
    name = '',
    status,
    sinceKnown,
    zoneId,
    instanceType,
    privateIps = [],
    publicIps = [],
  } = instance;
  const where = [scope, zoneId, instanceType, ...privateIps, ...publicIps]
    .filter((part) => part !== undefined)
    .map((part) => html`<span class="whole">${outsideText(part)}</span> `);
  return html`<tr role="row">
<th scope="row" role="rowheader">${name === '' ? NOTHING : nameOf(name)}${idLink(instanceId)}</th>
<td role="cell" class="status">${statusOf(status)}</td>
<td role="cell" class="since">${sinceKnown ? NOTHING : 'at least since '}${time(sinceMs)} <span class="quiet whole">${ago(sinceMs, nowMs)}</span></td>
<td role="cell" class="where quiet">${where}</td>
</tr>
`;
}
