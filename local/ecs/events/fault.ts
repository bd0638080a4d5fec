import type { Fault, FaultDialect } from '../../faults/fault.ts';
import { filledText, listOf, milliseconds, optionalField } from '../../faults/rules.ts';

/** What goes wrong with an event on its way: delivery is at least once at best, and in no order. */
export type EventFault = Fault & {
  /** Only events of these instances. */
  readonly instances?: readonly string[];
} & (
    | /** It is lost. */ { readonly kind: 'drop' }
    | /** It is posted twice. */ { readonly kind: 'double' }
    | /** It is posted so much later. */ { readonly kind: 'delay'; readonly delayMs: number }
    | /** It is posted after the next one; alone, it waits for one. */ { readonly kind: 'reorder' }
  );

export const EVENT_FAULTS: FaultDialect<EventFault> = {
  kinds: { drop: {}, double: {}, delay: { delayMs: milliseconds }, reorder: {} },
  selectors: { instances: optionalField(listOf(filledText)) },
  instead: new Set(['drop']),
};
