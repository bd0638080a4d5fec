import { type Random, seededRandom } from '../../local/random.ts';

/** What happens to a whole history, beside the faults of single requests. */
export interface Mishaps {
  /** The addresses of channels become wrong, and are corrected. */
  readonly addresses: boolean;
  /** The store is gone for many ticks. */
  readonly store: boolean;
  /** Stored rows are overwritten by hand, by a newer version, or by a clock that was wrong. */
  readonly rows: boolean;
  readonly random: Random;
  /** Routes and mutes are configured; null: there are none. */
  readonly rules: Random | null;
  /** Reports are configured. */
  readonly reports: boolean;
  /** Reminders are configured; null: there are none. */
  readonly reminders: Random | null;
  /** People write notes; null: they do not. */
  readonly notes: Random | null;
  /** Events of ECS reach the watcher; null: they are switched off. */
  readonly events: Random | null;
}

export const NO_MISHAPS: Mishaps = {
  addresses: false,
  store: false,
  rows: false,
  random: seededRandom(0),
  rules: null,
  reports: false,
  reminders: null,
  notes: null,
  events: null,
};

/** How likely each of them is in a history. */
const SHARE = 0.3;
/** Keeps this stream of random numbers apart from the one that decides everything else. */
const STREAM = 0x5eed_0010;
const RULES_STREAM = 0x5eed_0014;
const REPORTS_STREAM = 0x5eed_0016;
const REMINDERS_STREAM = 0x5eed_0018;
const NOTES_STREAM = 0x5eed_001a;
/** Chosen so that the histories in which mistakes were noticed before there were events stay as they were. */
const EVENTS_STREAM = 0x5eed_003f;
/** Each event is one more run. */
const EVENTS_SHARE = 0.1;

/**
 * The mishaps of one history. They have random numbers of their own, so that a history without any
 * is the same as before there were mishaps.
 */
export function drawMishaps(seed: number): Mishaps {
  const random = seededRandom(seed ^ STREAM);
  const [addresses, store, rows] = [chance(), chance(), chance()];
  const rules = seededRandom(seed ^ RULES_STREAM);
  const reports = seededRandom(seed ^ REPORTS_STREAM).chance(SHARE);
  const reminders = seededRandom(seed ^ REMINDERS_STREAM);
  const notes = seededRandom(seed ^ NOTES_STREAM);
  const events = seededRandom(seed ^ EVENTS_STREAM);
  return {
    addresses,
    store,
    rows,
    random,
    rules: rules.chance(SHARE) ? rules : null,
    reports,
    reminders: reminders.chance(SHARE) ? reminders : null,
    notes: notes.chance(SHARE) ? notes : null,
    events: events.chance(EVENTS_SHARE) ? events : null,
  };

  function chance(): boolean {
    return random.chance(SHARE);
  }
}
