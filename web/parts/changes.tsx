import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { noticeText } from '../../shared/core/notice-text.ts';
import { phrasingOf } from '../../shared/core/phrasing.ts';
import { cleanText } from '../../shared/core/text.ts';
import { CHANNEL_NAMES } from '../../shared/view/core/channel-names.ts';
import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { NoticeJson } from '../core/answers.ts';
import { noticeOf } from '../core/notice.ts';
import { usePage } from '../page-context.ts';
import { InstanceLink } from './instance-link.tsx';
import { Status } from './status.tsx';
import { Ago, Time } from './time.tsx';

const SHOWN_FIRST = 8;
const SHOWN_FURTHER = 50;

/** What changed, and what the watcher says of itself, the newest first. */
export function ChangesSection(): VNode {
  const { live, texts } = usePage();
  const [limit, setLimit] = useState(SHOWN_FIRST);
  // The page is drawn every second and at every key.
  const { changes, notices } = live;
  const items = useMemo(() => newestFirst(changes, notices), [changes, notices]);
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">{texts.sections.changes}</h2>
      {items.length === 0 && live.isWhole && <p class="quiet">{texts.noChanges}</p>}
      <ol class="feed">
        {items.slice(0, limit).map((item) => (
          <li key={item.id}>
            <span class="when">
              <Time ms={Date.parse(item.at)} />{' '}
              <span class="quiet">
                <Ago ms={Date.parse(item.at)} />
              </span>
            </span>
            {isNotice(item) ? <NoticeEntry notice={item} /> : <ChangeEntry change={item} />}
          </li>
        ))}
      </ol>
      {items.length > limit && (
        <button type="button" onClick={() => setLimit(limit + SHOWN_FURTHER)}>
          {texts.moreChanges(Math.min(SHOWN_FURTHER, items.length - limit))}
        </button>
      )}
    </section>
  );
}

type FeedItem = ChangeJson | NoticeJson;

function isNotice(item: FeedItem): item is NoticeJson {
  return 'notice' in item;
}

/** Both lists are in this order already; only where they meet is to be decided. */
function newestFirst(
  changes: readonly ChangeJson[],
  notices: readonly NoticeJson[],
): readonly FeedItem[] {
  if (notices.length === 0) return changes;
  return [...changes, ...notices].sort((one, other) =>
    one.at < other.at ? 1 : one.at > other.at ? -1 : 0,
  );
}

function ChangeEntry({ change }: { readonly change: ChangeJson }): VNode {
  const { texts } = usePage();
  const { instanceId, name = '', from, to, returned, scope } = change;
  const arrival = returned === true ? texts.returned : texts.appeared;
  return (
    <span class="what">
      <InstanceLink instanceId={instanceId} name={name} />{' '}
      <span class="path">
        {from === null ? <em>{arrival}</em> : <Status status={from} />}{' '}
        <span aria-hidden="true">→</span> <Status status={to} />
      </span>{' '}
      <Scope scope={scope} />
    </span>
  );
}

/** Where only one scope is watched, its name says nothing. */
function Scope({ scope }: { readonly scope: string }): VNode | null {
  const { live } = usePage();
  return live.scopes.length > 1 ? <bdi class="scope quiet">{cleanText(scope)}</bdi> : null;
}

function NoticeEntry({ notice }: { readonly notice: NoticeJson }): VNode {
  const { texts, timeZone, nowMs } = usePage();
  const { language } = texts;
  const phrasing = phrasingOf({ language, timeZone, channelNames: CHANNEL_NAMES }, nowMs);
  const { severity, title, text, more = [] } = noticeText(noticeOf(notice), phrasing);
  return (
    <span class={`what notice ${severity}`}>
      <strong>{title}</strong> {[text, ...more].join(' ')} <Scope scope={notice.scope} />
    </span>
  );
}
