import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { cleanText } from '../../shared/core/text.ts';
import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { InstanceRow } from '../../shared/view/core/instance-row.ts';
import { LATEST_FIRST } from '../core/address.ts';
import { rowKey } from '../core/fleet.ts';
import type { RecentChanges } from '../core/strips.ts';
import { usePage } from '../page-context.ts';
import { InstanceLink } from './instance-link.tsx';
import { Since } from './since.tsx';
import { Status } from './status.tsx';
import { Strip } from './strip.tsx';
import { useMedia } from './use-media.ts';
import { useRowKeys } from './use-row-keys.ts';
import { useWindowRows } from './use-window-rows.ts';

/** Columns, and the order of `/instances` that a click on one asks for. */
const COLUMNS = [
  ['status', 'status'],
  ['name', 'name'],
  ['since', 'since'],
  ['strip', null],
  ['zone', 'zone'],
  ['type', 'type'],
  ['addresses', null],
  ['tags', null],
] as const;

/** Heights of a row in pixels, as the style sheet has them. */
const ROW_HEIGHT = 44;
const CARD_HEIGHT = 76;
/** Beyond that it is a CSV that people want, not paper. */
const MAX_PRINTED_ROWS = 500;
const NO_CHANGES: readonly ChangeJson[] = [];

/**
 * The roles repeat what the elements mean: the style sheet lays them out as a grid, and some browsers
 * would then forget that this is a table. Only the rows near the window exist; the numbers say to a
 * screen reader how many there are.
 */
export function InstancesTable(props: {
  readonly rows: readonly InstanceRow[];
  readonly recent: RecentChanges;
  /** Scope → since when it has been watched. */
  readonly watchedSince: ReadonlyMap<string, number>;
}): VNode {
  const { rows, recent, watchedSince } = props;
  const { texts, address } = usePage();
  const list = useRef<HTMLTableSectionElement>(null);
  const isNarrow = useMedia('screen and (max-width: 48rem)');
  const rowHeight = isNarrow ? CARD_HEIGHT : ROW_HEIGHT;
  const inWindow = useWindowRows(rows.length, rowHeight, list);
  // Paper does not scroll.
  const isPrinted = useMedia('print');
  const printed = rows.slice(0, MAX_PRINTED_ROWS);
  const indexes = isPrinted ? printed.keys() : inWindow.indexes;
  // An instance and not a place: news moves the rows, and Enter must open the one that is marked.
  const [chosenKey, setChosenKey] = useState('');
  const chosen = useMemo(
    () => (chosenKey === '' ? -1 : rows.findIndex((row) => rowKey(row) === chosenKey)),
    [rows, chosenKey],
  );
  useRowKeys({
    rows,
    chosen,
    choose(index) {
      const row = rows[index];
      if (row === undefined) return;
      setChosenKey(rowKey(row));
      // Only for a key: news that moves the row must not move the window.
      inWindow.scrollToRow(index);
    },
  });
  return (
    <>
      <table
        class="table"
        role="table"
        aria-label={texts.sections.instances}
        aria-rowcount={rows.length + 1}
      >
        <thead role="rowgroup" class="head">
          <tr role="row" aria-rowindex={1}>
            {COLUMNS.map(([column, order]) => (
              <ColumnHead key={column} column={column} order={order} />
            ))}
          </tr>
        </thead>
        <tbody
          role="rowgroup"
          ref={list}
          class="rows"
          style={{ '--height': `${rowHeight * rows.length}px` }}
        >
          {[...indexes].map((index) => {
            const row = rows[index];
            if (row === undefined) return null;
            const isOpen = row.instanceId === address.instanceId;
            return (
              <tr
                key={rowKey(row)}
                role="row"
                aria-rowindex={index + 2}
                class={`${index === chosen ? 'chosen' : ''} ${isOpen ? 'open' : ''}`}
                style={{ '--top': `${rowHeight * index}px` }}
              >
                <Cells
                  row={row}
                  changes={recent.get(rowKey(row)) ?? NO_CHANGES}
                  watchedSinceMs={watchedSince.get(row.scope) ?? 0}
                />
              </tr>
            );
          })}
        </tbody>
      </table>
      {isPrinted && rows.length > printed.length && (
        <p>{texts.printed(printed.length, rows.length)}</p>
      )}
    </>
  );
}

function Cells(props: {
  readonly row: InstanceRow;
  readonly changes: readonly ChangeJson[];
  readonly watchedSinceMs: number;
}): VNode {
  const { instanceId, instance } = props.row;
  const { name = '', status, zoneId = '', instanceType = '', tags = {}, note } = instance;
  const { privateIps = [], publicIps = [] } = instance;
  const addresses = cleanText([...privateIps, ...publicIps].join(' '));
  const labels = Object.entries(tags).map(([key, value]) =>
    cleanText(value === '' ? key : `${key}=${value}`),
  );
  return (
    <>
      <td role="cell" class="status-cell">
        <Status status={status} />
      </td>
      <th scope="row" role="rowheader" class="name-cell">
        <InstanceLink instanceId={instanceId} name={name} note={note} />
      </th>
      <td role="cell" class="since-cell">
        <Since ms={instance.sinceMs} isKnown={instance.sinceKnown !== false} />
      </td>
      <td role="cell" class="strip-cell">
        <Strip status={status} changes={props.changes} watchedSinceMs={props.watchedSinceMs} />
      </td>
      <td role="cell" class="zone-cell">
        <bdi>{cleanText(zoneId)}</bdi>
      </td>
      <td role="cell" class="type-cell">
        <bdi>{cleanText(instanceType)}</bdi>
      </td>
      {/* A narrow column cuts them off: the whole is under the pointer, and in the panel. */}
      <td role="cell" class="addresses-cell" title={addresses}>
        <bdi>{addresses}</bdi>
      </td>
      <td role="cell" class="tags-cell" title={labels.join(' ')}>
        {labels.map((label) => (
          <bdi key={label} class="tag">
            {label}
          </bdi>
        ))}
      </td>
    </>
  );
}

function ColumnHead(props: {
  readonly column: (typeof COLUMNS)[number][0];
  readonly order: string | null;
}): VNode {
  const { texts, address, go } = usePage();
  const { column, order } = props;
  const label = texts.columns[column];
  if (order === null) {
    return (
      <th scope="col" role="columnheader" class={`${column}-cell`}>
        {label}
      </th>
    );
  }
  const sort = address.sort === '' ? LATEST_FIRST : address.sort;
  const isUp = sort === order;
  const isDown = sort === `-${order}`;
  return (
    <th
      scope="col"
      role="columnheader"
      class={`${column}-cell`}
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}
    >
      <button
        type="button"
        title={texts.sortBy(label)}
        onClick={() => go({ ...address, sort: isUp ? `-${order}` : order }, { replace: true })}
      >
        {label} <span aria-hidden="true">{isUp ? '▲' : isDown ? '▼' : ''}</span>
      </button>
    </th>
  );
}
