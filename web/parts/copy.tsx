import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../page-context.ts';
import { copyText } from './copy-text.ts';

const SHOWN_MS = 2_000;

/** A button that copies a text, and says whether it did. */
export function Copy(props: { readonly text: string; readonly label: string }): VNode {
  const { texts } = usePage();
  const [done, setDone] = useState<'nothing' | 'copied' | 'refused'>('nothing');
  useEffect(() => {
    // What the reader has to do now stays.
    if (done !== 'copied') return undefined;
    const timer = setTimeout(() => setDone('nothing'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const words = {
    nothing: props.label,
    copied: texts.copied,
    refused: texts.notCopied(props.label),
  };
  return (
    <button
      type="button"
      class="copy"
      title={`${texts.copy} ${props.text}`}
      onClick={async () => setDone((await copyText(props.text)) ? 'copied' : 'refused')}
    >
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M5 1h9v10h-2V3H5zM2 5h8v10H2z" />
      </svg>
      <span aria-live="polite">{words[done]}</span>
    </button>
  );
}
