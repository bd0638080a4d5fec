import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import { searchOf } from '../core/address.ts';
import { usePage } from '../page-context.ts';

/** Opens the panel of an instance; in a new tab too. */
export function InstanceLink(props: { readonly instanceId: string; readonly name: string }): VNode {
  const { address, go } = usePage();
  const { instanceId, name } = props;
  const target = { ...address, instanceId };
  const title = cleanText(name);
  return (
    <a
      class="instance"
      href={searchOf(target)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(target);
      }}
    >
      {title !== '' && <bdi class="name">{title}</bdi>}{' '}
      <bdi class={title === '' ? 'id' : 'id quiet'}>{cleanText(instanceId)}</bdi>
    </a>
  );
}
