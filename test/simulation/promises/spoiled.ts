import type { WatchReport } from '../../../shared/watch/report.ts';
import type { Spoil } from '../spoils.ts';
import { rowsOf } from '../tablestore.ts';
import type { Results, Truth } from './truth.ts';

/** What rows that were spoiled may do to one run. */
export interface SpoiledDuring {
  /** Alone, and over a store that answers: what fails now, a row has made fail. */
  readonly isUndisturbed: boolean;
  /** The first run of a function instance reads everything. */
  readonly isCold: boolean;
  /** Spoiled when the run began. */
  readonly atStart: readonly Spoil[];
  readonly harm: Harm;
}

/** What spoiled rows may have stopped at some moment of a run. */
export interface Harm {
  readonly scopes: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
}

/** Of these spoils: each its own scope or channel; a commit also the channels that wait for it. */
export function harmOf(spoils: readonly Spoil[], channels: readonly string[]): Harm {
  const stopping = spoils.filter(({ kind }) => kind.effect === 'stops');
  const ofChannels = stopping.filter(({ kind }) => kind.row === 'channel');
  const hasCommit = stopping.some(({ kind }) => kind.row === 'commit');
  return {
    scopes: new Set(
      stopping.filter(({ kind }) => kind.row !== 'channel').map(({ key: [scope] }) => scope),
    ),
    channels: new Set(hasCommit ? channels : ofChannels.map(({ key: [, item] }) => String(item))),
  };
}

export interface SpoilPromises {
  onReport(tickId: string, report: WatchReport, during: SpoiledDuring): void;
  openEnds(): readonly string[];
}

/** A spoiled row harms only its own scope or channel, names itself, and heals where it can. */
export function spoilPromises(
  { spoils, store, tables }: Truth,
  { violated }: Results,
): SpoilPromises {
  function onReport(
    tickId: string,
    report: WatchReport,
    { isUndisturbed, isCold, atStart, harm }: SpoiledDuring,
  ): void {
    const texts = textsOf(report);
    for (const text of texts.filter(isAboutRow)) {
      if (!spoils().all.some((spoil) => isAbout(text, spoil))) violated(`${tickId}: ${text}`);
    }
    if (!isUndisturbed) return;
    for (const { scope, error = '' } of report.scopes) {
      if (isAboutRow(error) && !harm.scopes.has(scope))
        violated(`${tickId}: ${scope} is stopped by a row that does not have to: ${error}`);
    }
    for (const { channel, outcome, error } of report.channels) {
      if (outcome === 'error' && !harm.channels.has(channel))
        violated(`${tickId}: ${channel} is stopped by no row of its own: ${error}`);
    }
    for (const spoil of isCold ? atStart.filter(mustBeNamed) : []) {
      // A run before this one may have been writing the row, and replaced it, or what refers to it.
      if (
        spoils().isThere(spoil) &&
        isCurrent(spoil) &&
        !texts.some((text) => isAbout(text, spoil))
      )
        violated(`${tickId} does not name the spoiled ${nameOf(spoil)}`);
    }
  }

  function openEnds(): readonly string[] {
    const { all, isThere } = spoils();
    return all
      .filter((spoil) => spoil.kind.effect === 'heals' && isThere(spoil) && isCurrent(spoil))
      .map((spoil) => `the spoiled ${nameOf(spoil)} was not replaced`);
  }

  /** A part that a run has left behind when it died is read by nothing. */
  function isCurrent({ key: [scope, item], kind: { row } }: Spoil): boolean {
    if (row !== 'part') return true;
    const { seq, writer } = JSON.parse(
      String(rowsOf(store, tables.state, scope).get('head')?.get('checkpoint') ?? '{}'),
    );
    return String(item).startsWith(`part/${String(seq).padStart(16, '0')}/${writer}/`);
  }

  return { onReport, openEnds };
}

function textsOf({ scopes, channels, notes }: WatchReport): readonly string[] {
  return [
    ...notes,
    ...[...scopes, ...channels].flatMap(({ error }) => (error === undefined ? [] : [error])),
  ];
}

function isAboutRow(text: string): boolean {
  return text.includes('cannot be read');
}

/** A checkpoint may hold what a commit says, so that nothing reads it. */
function mustBeNamed({ kind: { row, effect } }: Spoil): boolean {
  return effect !== 'harmless' && row !== 'commit';
}

/** A reference that no tick can have stored is named without its table. */
function isAbout(text: string, spoil: Spoil): boolean {
  const { kind, key } = spoil;
  return (
    text.includes(placeOf(spoil)) ||
    (kind.row === 'head' && text.includes(`the head of ${key[0]} cannot be read`))
  );
}

/** Where an operator finds it. What the head refers to may be named in its place. */
function placeOf({ table, key: [scope, item], kind }: Spoil): string {
  if (kind.row === 'channel') return `(table ${table}, scope ${scope}, item ${item};`;
  return `(table ${table}, scope ${scope}, `;
}

function nameOf({ key, kind, spoiled }: Spoil): string {
  return `${key.join('/')} ${kind.column} = ${String(spoiled)}`;
}
