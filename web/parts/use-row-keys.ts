import { useLayoutEffect } from 'preact/hooks';
import type { InstanceRow } from '../../shared/view/core/instance-row.ts';
import { usePage } from '../page-context.ts';
import { isComposing, isTyping } from './keys.ts';

/** `j` and `k` go through the rows, Enter opens one. */
export function useRowKeys(props: {
  readonly rows: readonly InstanceRow[];
  readonly chosen: number;
  readonly choose: (index: number) => void;
}): void {
  const { address, go } = usePage();
  const { rows, chosen, choose } = props;
  // Not after the next paint: a key that is held down would find the row before last.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || isComposing(event)) return;
      if (event.key === 'j') choose(Math.min(chosen + 1, rows.length - 1));
      if (event.key === 'k') choose(Math.max(chosen - 1, 0));
      const row = rows[chosen];
      const isOnPage = event.target === document.body;
      if (event.key === 'Enter' && row !== undefined && isOnPage) {
        go({ ...address, instanceId: row.instanceId });
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
