import type { InboxWords } from '../../channels/inbox-words.ts';
import type { Status } from '../../ecs/index.ts';
import type { Trouble } from '../switches.ts';

/** What an instance can be asked to do. */
export type Act = 'start' | 'stop' | 'reboot' | 'release';

/** All texts of the console in one language. */
export interface Words {
  /** Of the document, as BCP 47. */
  readonly lang: string;
  readonly title: string;
  /** Above everything: what this page is. */
  readonly intro: string;
  readonly page: string;
  readonly inboxPage: string;
  readonly language: string;
  readonly needsScript: string;
  /** While the local cloud does not answer. */
  readonly gone: string;
  /** With `{seconds}`. */
  readonly nextTick: string;
  readonly tickIsDue: string;
  /** Before anything was done. */
  readonly invitation: string;

  readonly instances: string;
  readonly search: string;
  readonly statuses: Readonly<Record<Status, string>>;
  /** All instances, beside the heading. */
  counted(count: number): string;
  /** How many of the instances are listed. */
  shown(shown: number, matching: number): string;
  readonly noMatch: string;
  readonly acts: Readonly<Record<Act, string>>;
  readonly create: string;
  readonly name: string;
  readonly namePlaceholder: string;
  readonly region: string;

  /** What was done, and what the watcher makes of it. */
  readonly done: Readonly<Record<Act | 'create', (name: string) => string>>;
  readonly refused: {
    readonly unknown: (id: string) => string;
    readonly status: (name: string, status: string) => string;
    readonly name: string;
    readonly region: string;
    readonly fault: string;
    readonly otherOrigin: string;
  };

  readonly faults: string;
  /** How many are on. */
  faultsOn(count: number): string;
  readonly endAll: string;
  readonly faultsEnded: string;
  readonly service: { readonly ecs: string; readonly store: string; readonly receivers: string };
  readonly troubles: Readonly<Record<Trouble, SwitchWords>>;
  faultOf(server: string, name: string): string;
  turned(label: string, on: boolean, effect: string): string;

  readonly inbox: InboxWords;
  readonly channel: string;
}

/** What goes wrong, and what the watcher does then. */
export interface SwitchWords {
  readonly name: string;
  readonly effect: string;
}
