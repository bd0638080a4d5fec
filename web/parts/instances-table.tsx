import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { cleanText } from '../../shared/core/text.ts';
import type { ChangeJson } from '../../shared/view/core/feed.ts';
import type { InstanceRow } from '../../shared/view/core/fleet.ts';
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
const NO_CHANGES: readonly ChangeJson[] = [];

/** Only the rows near the window exist; the numbers say to a screen reader how many there are. */
export function InstancesTable(props: {
  readonly rows: readonly InstanceRow[];
  readonly recent: RecentChanges;
  /** Scope → since when it has been watched. */
  readonly watchedSince: ReadonlyMap<string, number>;
}): VNode {
  const { rows, recent, watchedSince } = props;
  const { texts, address } = usePage();
  const list = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia('(max-width: 48rem)');
  const rowHeight = isNarrow ? CARD_HEIGHT : ROW_HEIGHT;
  const { items, totalSize, scrollMargin, scrollToRow } = useWindowRows(rows.length, rowHeight, list);
  const [chosen, setChosen] = useState(-1);
  useRowKeys({ rows, chosen, choose: setChosen });
  useEffect(() => {
    if (chosen >= 0) scrollToRow(chosen);
  }, [chosen]);
  return (
    <div
      class="table"
      role="table"
      aria-label={texts.sections.instances}
      aria-rowcount={rows.length + 1}
    >
      <div role="rowgroup" class="head">
        <div role="row" aria-rowindex={1}>
          {COLUMNS.map(([column, order]) => (
            <ColumnHead key={column} column={column} order={order} />
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={list} class="rows" style={{ height: `${totalSize}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const isOpen = row.instanceId === address.instanceId;
          return (
            <div
              key={row.instanceId}
              role="row"
              aria-rowindex={index + 2}
              class={`${index === chosen ? 'chosen' : ''} ${isOpen ? 'open' : ''}`}
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              <Cells
                row={row}
                changes={recent.get(row.instanceId) ?? NO_CHANGES}
                watchedSinceMs={watchedSince.get(row.scope) ?? 0}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cells(props: {
  readonly row: InstanceRow;
  readonly changes: readonly ChangeJson[];
  readonly watchedSinceMs: number;
}): VNode {
  const { instanceId, instance } = props.row;
  const { name = '', status, zoneId = '', instanceType = '', tags = {} } = instance;
  const { privateIps = [], publicIps = [] } = instance;
  return (
    <>
      <div role="cell" class="status-cell">
        <Status status={status} />
      </div>
      <div role="rowheader" class="name-cell">
        <InstanceLink instanceId={instanceId} name={name} />
      </div>
      <div role="cell" class="since-cell">
        <Since ms={instance.sinceMs} isKnown={instance.sinceKnown !== false} />
      </div>
      <div role="cell" class="strip-cell">
        <Strip
          status={status}
          changes={props.changes}
          watchedSinceMs={props.watchedSinceMs}
        />
      </div>
      <div role="cell" class="zone-cell">
        <bdi>{cleanText(zoneId)}</bdi>
      </div>
      <div role="cell" class="type-cell">
        <bdi>{cleanText(instanceType)}</bdi>
      </div>
      <div role="cell" class="addresses-cell">
        <bdi>{cleanText([...privateIps, ...publicIps].join(' '))}</bdi>
      </div>
      <div role="cell" class="tags-cell">
        {Object.entries(tags).map(([key, value]) => (
          <bdi key={key} class="tag">
            {cleanText(value === '' ? key : `${key}=${value}`)}
          </bdi>
        ))}
      </div>
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
      <div role="columnheader" class={`${column}-cell`}>
        {label}
      </div>
    );
  }
  const sort = address.sort === '' ? '-since' : address.sort;
  const isUp = sort === order;
  const isDown = sort === `-${order}`;
  return (
    <div
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
    </div>
  );
}
