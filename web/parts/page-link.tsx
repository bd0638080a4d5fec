import type { ComponentChildren, VNode } from 'preact';
import { type Address, searchOf } from '../core/address.ts';
import { usePage } from '../page-context.ts';

/** Leads to another address of the page; in a new tab too. */
export function PageLink(props: {
  readonly to: Address;
  readonly class?: string;
  readonly children: ComponentChildren;
}): VNode {
  const { go } = usePage();
  const { to } = props;
  return (
    <a
      class={props.class ?? ''}
      href={searchOf(to)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {props.children}
    </a>
  );
}
