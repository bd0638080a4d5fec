import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../page-context.ts';

const SHOWN_MS = 2_000;

/** A button that copies a text, and says that it did. */
export function Copy(props: { readonly text: string; readonly label: string }): VNode {
  const { texts } = usePage();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <button
      type="button"
      class="copy"
      title={`${texts.copy} ${props.text}`}
      onClick={() => {
        navigator.clipboard.writeText(props.text).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M5 1h9v10h-2V3H5zM2 5h8v10H2z" />
      </svg>
      <span aria-live="polite">{isCopied ? texts.copied : props.label}</span>
    </button>
  );
}
