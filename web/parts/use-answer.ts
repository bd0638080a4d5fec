import { useEffect, useState } from 'preact/hooks';
import { ViewError } from '../client.ts';
import { type Asked, askAgainMs, shownAfter } from '../core/asking.ts';
import { usePage } from '../page-context.ts';

/** A question to the view. */
interface Question<T> {
  /** It is asked again when this changes. */
  readonly version?: unknown;
  /** What the answer is about: as long as this is the same, the last answer stays while another is awaited. */
  readonly subject?: string;
  /** Statuses of an answer besides 200. */
  readonly accepted?: readonly number[];
  /** Will there be another answer soon? */
  readonly isOpen?: (json: T) => boolean;
}

/** An answer of the view. What fails is asked again. */
export function useAnswer<T>(path: string, question: Question<T> = {}): Asked<T> {
  const { version, subject = path, accepted = [], isOpen = () => false } = question;
  const { client } = usePage();
  const [asked, setAsked] = useState<Asked<T> & { readonly subject: string }>({
    kind: 'asking',
    subject,
  });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (next: Asked<T>): void => {
      if (isOver) return;
      setAsked((last) => ({
        ...shownAfter(last.subject === subject ? last : NOTHING, next),
        subject,
      }));
      const againMs = askAgainMs(next, isOpen);
      if (againMs !== null) timer = setTimeout(() => setTries(tries + 1), againMs);
    };
    client.get<T>(path, { accepted }).then(
      (answer) => {
        if (answer.kind === 'answer') settle(answer);
      },
      (error: unknown) => {
        const known = error instanceof ViewError ? error : new ViewError(0, String(error));
        settle({ kind: 'failed', error: known });
      },
    );
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, version, tries]);
  return asked.subject === subject ? asked : NOTHING;
}

const NOTHING = { kind: 'asking' } as const;
