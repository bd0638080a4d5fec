import { timeIn } from '../../shared/view/core/queries/times.ts';

/** What the page shows, as its address says it: so a filtered view can be sent to a colleague. */
export interface Address {
  /** The parameters of `/instances` that choose and sort, by name; none is empty. */
  readonly filter: ReadonlyMap<string, string>;
  /** One of the view's own orders; empty: the latest change first. */
  readonly sort: string;
  /** A moment in the past, in milliseconds since 1970; null: now. */
  readonly atMs: number | null;
  /** What `at` says where that is no time of the view; empty: it is one, or there is none. */
  readonly refusedAt: string;
  /** The instance whose panel is open. */
  readonly instanceId: string;
}

/** The filters of `/instances`, in the order of an address. */
const FILTER_NAMES = [
  'status',
  'scope',
  'account',
  'region',
  'zone',
  'type',
  'id',
  'name',
  'resourceGroup',
  'tag',
  'stoppedFor',
  'text',
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/** The order of the page, where its address says none. */
export const LATEST_FIRST = '-since';

/** What an address does not say is as if it were empty. */
export function addressIn(search: string): Address {
  const parameters = new URLSearchParams(search);
  const filter = new Map<string, string>();
  for (const name of FILTER_NAMES) {
    // Several values of one name are one list, as the view reads them.
    const value = parameters.getAll(name).join(',').trim();
    if (value !== '') filter.set(name, value);
  }
  // By the rules of the view: it answers the page and its CSV for the same moment.
  const at = parameters.get('at')?.trim() ?? '';
  const atMs = timeIn(at) ?? null;
  return {
    filter,
    sort: parameters.get('sort')?.trim() ?? '',
    atMs,
    refusedAt: atMs === null ? at : '',
    instanceId: idIn(parameters.get('instance')?.trim() ?? ''),
  };
}

/** No id is a step in a path: the browser would take it, and ask for something else than an instance. */
function idIn(text: string): string {
  return text === '.' || text === '..' ? '' : text;
}

/** The query of an address, `?` included; empty for the page as it opens. */
export function searchOf({ filter, sort, atMs, refusedAt, instanceId }: Address): string {
  const parameters = parametersOf({ filter, sort });
  if (refusedAt !== '') parameters.set('at', refusedAt);
  if (atMs !== null) parameters.set('at', new Date(atMs).toISOString());
  if (instanceId !== '') parameters.set('instance', instanceId);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** The parameters of `/instances` for the rows that the page shows. */
export function parametersOf({ filter, sort }: Pick<Address, 'filter' | 'sort'>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = filter.get(name);
    if (value !== undefined) parameters.set(name, value);
  }
  if (sort !== '') parameters.set('sort', sort);
  return parameters;
}

/** Where the rows that the page shows are as CSV: the same ones, in the same order, of the same moment. */
export function csvPath({ filter, sort, atMs }: Address): string {
  const parameters = parametersOf({ filter, sort: sort === '' ? LATEST_FIRST : sort });
  if (atMs !== null) parameters.set('at', String(atMs));
  parameters.set('format', 'csv');
  return `instances?${parameters}`;
}

/** The same address with another value of a filter; empty: without it. */
export function withFilter(address: Address, name: FilterName, value: string): Address {
  const filter = new Map(address.filter);
  if (value === '') filter.delete(name);
  else filter.set(name, value);
  return { ...address, filter };
}

/** The same address at another moment; null: now. */
export function atMoment(address: Address, atMs: number | null): Address {
  return { ...address, atMs, refusedAt: '' };
}
