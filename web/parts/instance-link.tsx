import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import { usePage } from '../page-context.ts';
import { PageLink } from './page-link.tsx';

/** Opens the panel of an instance; in a new tab too. */
export function InstanceLink(props: { readonly instanceId: string; readonly name: string }): VNode {
  const { address } = usePage();
  const { instanceId, name } = props;
  const title = cleanText(name);
  return (
    <PageLink class="instance" to={{ ...address, instanceId }}>
      {title !== '' && <bdi class="name">{title}</bdi>}{' '}
      <bdi class={title === '' ? 'id' : 'id quiet'}>{cleanText(instanceId)}</bdi>
    </PageLink>
  );
}
