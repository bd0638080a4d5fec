import type { VNode } from 'preact';
import type { Note } from '../../shared/core/model.ts';
import { isCurrent, MAX_NOTE_LENGTH } from '../../shared/core/note.ts';
import { cleanText } from '../../shared/core/text.ts';
import { usePage } from '../page-context.ts';
import { PageLink } from './page-link.tsx';

/** Opens the panel of an instance; in a new tab too. */
export function InstanceLink(props: {
  readonly instanceId: string;
  readonly name: string;
  readonly note?: Note | undefined;
}): VNode {
  const { address, nowMs } = usePage();
  const { instanceId, name, note } = props;
  const written = note && isCurrent(note, nowMs) ? cleanText(note.text, MAX_NOTE_LENGTH) : '';
  const title = cleanText(name);
  const id = <bdi class={title === '' ? 'id' : 'id quiet'}>{cleanText(instanceId)}</bdi>;
  return (
    <PageLink class="instance" to={{ ...address, instanceId }}>
      <span class="first">
        {title === '' ? id : <bdi class="name">{title}</bdi>}
        {written !== '' && (
          <bdi class="note" title={written}>
            {' '}
            <span aria-hidden="true">✎</span> {written}
          </bdi>
        )}
      </span>{' '}
      {title !== '' && id}
    </PageLink>
  );
}
