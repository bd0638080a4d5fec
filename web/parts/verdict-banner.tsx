import type { ComponentChildren, VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import {
  type Lost,
  levelOf,
  lostKind,
  TOKEN_OF_COMMAND,
  type Verdict,
} from '../../shared/view/core/verdict.ts';
import { withFilter } from '../core/address.ts';
import { usePage } from '../page-context.ts';
import { PageLink } from './page-link.tsx';

/** One sentence and one colour: is anything wrong? */
export function VerdictBanner({
  verdict,
  retry,
  presentMs,
}: {
  readonly verdict: Verdict;
  readonly retry: () => void;
  /** By the view's clock, also while the page shows the past. */
  readonly presentMs: number;
}): VNode {
  const { texts, clock, live, nowMs } = usePage();
  const { text, advice } = texts.verdict(verdict, {
    nowMs: verdict.kind === 'unreachable' ? presentMs : nowMs,
    duration: (ms) => `${BESIDE}${texts.duration(ms)}${BESIDE}`,
    time: (ms) => clock.time(ms, nowMs),
    instance: ({ instanceId, name }) => `${LINK}${instanceId}${LABEL}${cleanText(name)}${LINK}`,
    others: (count) => `${LINK}${LABEL}${count}${LINK}`,
  });
  const level = levelOf(verdict);
  const { lost } = live;
  return (
    <section class={`verdict ${level}`} role={level === 'alarm' ? 'alert' : 'status'}>
      <span class="mark" aria-hidden="true" />
      <div>
        <p class="sentence">
          <span class="hidden">{texts.levels[level]}: </span>
          {linked(text)}
        </p>
        {advice !== '' && <p>{quietly(advice)}</p>}
        {lost !== null && (
          <p>
            {texts.lost(lost)} <WhatHelps lost={lost} retry={retry} />
          </p>
        )}
      </div>
    </section>
  );
}

/** A button only where it can help. */
function WhatHelps({
  lost: { isOver, status, code },
  retry,
}: {
  readonly lost: Lost;
  readonly retry: () => void;
}): VNode | null {
  const { texts } = usePage();
  // The banner of the moment leads back to now.
  if (isOver === true) return null;
  // A browser asks for a token that it sends itself.
  const isSignIn = status === 401 && code !== TOKEN_OF_COMMAND;
  // The proxy then shows its page, and another version of the view brings its own.
  const isForeign = lostKind({ status, code }) === 'foreign';
  const words = isSignIn ? texts.signIn : isForeign ? texts.reload : texts.retry;
  return (
    <button type="button" onClick={isSignIn || isForeign ? () => location.reload() : retry}>
      {words}
    </button>
  );
}

/** Around what can be opened: the id of the instance, `LABEL`, and what the sentence says. */
const LINK = '\u0001';
const LABEL = '\u0002';

/** Each name opens its instance, and their number the table of all that are stopped. */
function linked(text: string): readonly ComponentChildren[] {
  return text.split(LINK).map((part, index) => {
    if (index % 2 === 0) return quietly(part);
    const [instanceId = '', label = ''] = part.split(LABEL);
    return (
      <SentenceLink key={index} instanceId={instanceId}>
        {label}
      </SentenceLink>
    );
  });
}

/** `instanceId` is empty where several are meant: those that stopped last are on top of the table. */
function SentenceLink(props: {
  readonly instanceId: string;
  readonly children: ComponentChildren;
}): VNode {
  const { address } = usePage();
  const { instanceId, children } = props;
  const stopped = withFilter({ ...address, filter: new Map(), sort: '' }, 'status', 'Stopped');
  return (
    <PageLink to={instanceId === '' ? stopped : { ...address, instanceId }}>
      <bdi>{children}</bdi>
    </PageLink>
  );
}

/** Before and behind what counts up. */
const BESIDE = '\u0000';

/** A screen reader says the sentence when it changes, and not each second that is counted in it. */
function quietly(text: string): readonly (VNode | string)[] {
  return text.split(BESIDE).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <span key={index} aria-live="off">
        {part}
      </span>
    ),
  );
}
