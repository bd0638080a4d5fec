import { useEffect, useState } from 'preact/hooks';
import { ViewError } from '../client.ts';
import { usePage } from '../page-context.ts';

export type Asked<T> =
  | { readonly kind: 'asking' }
  | { readonly kind: 'answer'; readonly status: number; readonly json: T }
  | { readonly kind: 'failed'; readonly error: ViewError };

/** An answer of the view, asked for again when `path` or `version` changes; the last one stays meanwhile. */
export function useAnswer<T>(
  path: string,
  version: unknown,
  accepted: readonly number[] = [],
): Asked<T> {
  const { client } = usePage();
  const [asked, setAsked] = useState<Asked<T> & { readonly path: string }>({
    kind: 'asking',
    path,
  });
  useEffect(() => {
    let isOver = false;
    const settle = (next: Asked<T>): void => {
      if (!isOver) setAsked({ ...next, path });
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
    };
  }, [path, version]);
  return asked.path === path ? asked : { kind: 'asking' };
}
