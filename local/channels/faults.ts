import type { CommonFault, Fault, FaultDialect } from '../faults/fault.ts';
import { COMMON_KINDS } from '../faults/parse.ts';
import { optionalField, wholeNumber } from '../faults/rules.ts';
import { isObject } from './receiver.ts';

/** The faults of one receiver. `latency` and `lost-answer` concern a message that has arrived. */
export type ReceiverFaults = readonly ReceiverFault[];

export type ReceiverFault = Fault & (CommonFault | AnswerFault);

/** Answered in place of the receiver, which never sees the message. */
export interface AnswerFault {
  readonly kind: 'answer';
  readonly status: number;
  /** For example `{ "retry-after": "30" }` or `{ "location": "https://…" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const isText = (value: unknown): boolean => typeof value === 'string';

export const RECEIVER_FAULTS: FaultDialect<ReceiverFault> = {
  selectors: {},
  kinds: {
    ...COMMON_KINDS,
    answer: {
      status: wholeNumber('an HTTP status from 200 to 599', 200, 599),
      headers: optionalField({
        wants: 'an object of texts',
        accepts: (value) => isObject(value) && Object.values(value).every(isText),
      }),
      body: optionalField({ wants: 'a text, which may be empty', accepts: isText }),
    },
  },
  instead: new Set(['answer', 'reset'] as const),
};
