import { type Redact, redactedJson } from './secrets.ts';

/** A log line is a fixed text with facts: searches group by the text and filter by the facts. */
export interface Log {
  info(text: string, facts?: LogFields): void;
  warn(text: string, facts?: LogFields): void;
  error(text: string, facts?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
type Level = keyof Log;

/** Writes one JSON object a line, with every known secret removed. */
export function createLog(write: (line: string) => void, redact: Redact, now: () => number): Log {
  const at =
    (level: Level) =>
    (text: string, facts: LogFields = {}) =>
      write(redactedJson({ at: new Date(now()).toISOString(), level, text, ...facts }, redact));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
