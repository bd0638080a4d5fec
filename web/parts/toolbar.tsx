import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { cleanText } from '../../shared/core/text.ts';
import { csvPath, type FilterName, withFilter } from '../core/address.ts';
import { usePage } from '../page-context.ts';

/** Of a fleet with more zones, the others are in the address only. */
const MAX_ZONES = 50;

/** Search, filters, and what can be done with the rows that they leave. */
export function Toolbar({ shown }: { readonly shown: number }): VNode {
  const { address, go, live, texts } = usePage();
  const { fleet, scopes, total, isWhole, lost } = live;
  const isReading = !isWhole && lost?.isOver !== true;
  const regions = [...new Set(scopes.map(({ region }) => region))].sort();
  const zones = useMemo(() => {
    const all = new Set([...fleet.values()].map(({ instance }) => instance.zoneId ?? ''));
    all.delete('');
    return [...all].sort().slice(0, MAX_ZONES);
  }, [fleet]);
  const others = [...address.filter].filter(([name]) => !OWN_FIELDS.has(name));
  return (
    <search class="toolbar">
      <FilterField name="text" label={texts.search} hint={texts.searchHint} id="search" />
      {(regions.length > 1 || address.filter.has('region')) && (
        <FilterChoice name="region" label={texts.region} any={texts.anyRegion} choices={regions} />
      )}
      <FilterChoice name="zone" label={texts.columns.zone} any={texts.anyZone} choices={zones} />
      <FilterField name="tag" label={texts.columns.tags} hint={texts.tagHint} id="tag" />
      <p class="count" role="status">
        {isWhole && texts.shown(shown, total)}
        {isReading && texts.reading(fleet.size, total)}
        {others.map(([name, value]) => (
          <code key={name} class="chip">
            {name}={cleanText(value)}
          </code>
        ))}
        {address.filter.size > 0 && (
          <button type="button" onClick={() => go({ ...address, filter: new Map() })}>
            {texts.clearFilters}
          </button>
        )}
      </p>
      <a class="button" href={csvPath(address)} download="ecs-watch.csv">
        {texts.csv}
      </a>
    </search>
  );
}

/** These are seen in a field; any other filter is named beside the number of rows. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['text', 'region', 'zone', 'tag']);

/** One value of those that the fleet has, or any. */
function FilterChoice(props: {
  readonly name: FilterName;
  readonly label: string;
  readonly any: string;
  readonly choices: readonly string[];
}): VNode {
  const { address, go } = usePage();
  const { name, label, any, choices } = props;
  const chosen = address.filter.get(name) ?? '';
  return (
    <label>
      <span>{label}</span>
      <select
        value={chosen}
        onChange={(event) => go(withFilter(address, name, event.currentTarget.value))}
      >
        <option value="">{any}</option>
        {choices.includes(chosen) || chosen === '' ? null : (
          <option value={chosen}>{cleanText(chosen)}</option>
        )}
        {choices.map((own) => (
          <option key={own} value={own}>
            {cleanText(own)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A field keeps what is typed in it, whatever is read meanwhile. */
function FilterField(props: {
  readonly name: FilterName;
  readonly label: string;
  readonly hint: string;
  readonly id: string;
}): VNode {
  const { address, go } = usePage();
  const { name, label, hint, id } = props;
  const chosen = address.filter.get(name) ?? '';
  const [typed, setTyped] = useState(chosen);
  // The address changes by the back button and by other fields, too.
  useEffect(() => {
    if (typed.trim() !== chosen) setTyped(chosen);
  }, [chosen]);
  return (
    <label>
      <span>{label}</span>
      <input
        id={id}
        type="search"
        value={typed}
        placeholder={hint}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          const { value } = event.currentTarget;
          setTyped(value);
          go(withFilter(address, name, value.trim()), { replace: true });
        }}
      />
    </label>
  );
}
