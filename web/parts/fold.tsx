import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMedia } from './use-media.ts';

/**
 * A section that can be folded. On a phone it begins folded, so that what changed and the table are
 * near; what is folded is not made, and asks the view for nothing.
 */
export function Fold(props: {
  readonly id: string;
  readonly title: string;
  readonly children: () => ComponentChildren;
}): VNode {
  const { id, title, children } = props;
  const isWide = useMedia('print, (min-width: 68.01rem)');
  const [isOpen, setOpen] = useState(isWide);
  useEffect(() => setOpen(isWide), [isWide]);
  useEffect(() => {
    const onHash = (): void => {
      if (location.hash === `#${id}`) setOpen(true);
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, [id]);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)} id={id}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {isOpen && children()}
    </details>
  );
}
