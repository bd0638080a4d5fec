import type { RefObject, VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { instanceInConsole } from '../../shared/core/console.ts';
import { isCurrent, MAX_NOTE_LENGTH, notedIn } from '../../shared/core/note.ts';
import { cleanText } from '../../shared/core/text.ts';
import type { InstanceAnswer, InstanceJson, ReleasedJson, TimelineState } from '../core/answers.ts';
import { rowWithId } from '../core/fleet.ts';
import { instanceThen } from '../core/instance-then.ts';
import { usePage } from '../page-context.ts';
import { Copy } from './copy.tsx';
import { GuardedPart } from './guard.tsx';
import { InstanceDeliveries } from './instance-deliveries.tsx';
import { Status, toneOf } from './status.tsx';
import { Time } from './time.tsx';
import { useAnswer } from './use-answer.ts';

/** Everything about one instance. */
export function Panel({ instanceId }: { readonly instanceId: string }): VNode {
  const { address, go, texts, clock, live, nowMs } = usePage();
  const close = (): void => go({ ...address, instanceId: '' });
  const opened = useRef<HTMLElement>(null);
  useFocus(opened, instanceId);
  const known = rowWithId(live.fleet, live.scopes, instanceId);
  // The row is another object once the instance has changed.
  const asked = useAnswer<InstanceAnswer>(`instances/${encodeURIComponent(instanceId)}`, {
    version: known,
    accepted: [410],
  });
  return (
    <aside class="panel" ref={opened} tabIndex={-1} aria-labelledby="panel-title">
      <header>
        <h2 id="panel-title">
          <bdi>{cleanText(known?.instance.name ?? '') || cleanText(instanceId)}</bdi>
        </h2>
        <button type="button" class="close" onClick={close} aria-label={texts.close}>
          ✕
        </button>
      </header>
      {asked.kind === 'asking' && <p class="quiet">…</p>}
      {asked.kind === 'failed' && (
        <p role="alert">{asked.error.status === 404 ? texts.neverSeen : asked.error.message}</p>
      )}
      {asked.kind === 'answer' &&
        (live.lost?.isOver === true ? (
          // Of a moment that is refused, nothing is known: neither its state nor what was before.
          <p role="status">{texts.noMoment(clock.time(nowMs, 0))}</p>
        ) : (
          <GuardedPart>
            <Contents {...asked.json} />
          </GuardedPart>
        ))}
    </aside>
  );
}

/** The focus goes to the panel, and back to what opened it once it is closed. */
function useFocus(panel: RefObject<HTMLElement | null>, instanceId: string): void {
  const opener = useRef<Element | null>(null);
  const isInside = (): boolean => panel.current?.contains(document.activeElement) === true;
  useLayoutEffect(() => {
    if (!isInside()) opener.current = document.activeElement;
    panel.current?.focus();
  }, [instanceId]);
  useLayoutEffect(
    () => () => {
      const { current } = opener;
      if (isInside() && current instanceof HTMLElement) current.focus({ preventScroll: true });
    },
    [],
  );
}

function Contents(answer: InstanceAnswer): VNode {
  const { instance: present, timeline, history, withoutConsole = false } = answer;
  const { nowMs, address, live, texts } = usePage();
  const row = rowWithId(live.fleet, live.scopes, present.instanceId);
  const then = instanceThen(present, row, address.atMs, live.isWhole);
  // In the past, what came later is not known yet.
  const isPast = address.atMs !== null;
  const states = timeline.filter(({ since }) => !isPast || Date.parse(since) <= nowMs);
  const changes = history.filter(({ at }) => !isPast || Date.parse(at) <= nowMs);
  return (
    <>
      {then.kind === 'reading' && <p class="quiet">…</p>}
      {then.kind === 'absent' && <p role="status">{texts.notThere}</p>}
      {then.kind === 'shown' && (
        <Headline instance={then.instance} withoutConsole={withoutConsole} />
      )}
      <h3>{texts.timeline}</h3>
      <ol class="timeline">
        {states.map((state) => (
          <TimelineEntry key={`${state.since} ${state.status}`} state={state} />
        ))}
      </ol>
      {then.kind === 'shown' && (
        <>
          <h3>{texts.details}</h3>
          <Details instance={then.instance} />
        </>
      )}
      <h3>{texts.deliveries}</h3>
      <InstanceDeliveries changes={changes} />
    </>
  );
}

function Headline(props: {
  readonly instance: InstanceJson | ReleasedJson;
  readonly withoutConsole: boolean;
}): VNode {
  const { texts, clock, nowMs } = usePage();
  const { instance, withoutConsole } = props;
  const isReleased = 'releasedAt' in instance;
  return (
    <>
      <p class="headline">
        <Status status={isReleased ? null : instance.status} />{' '}
        {isReleased && texts.releasedAt(clock.time(Date.parse(instance.releasedAt), nowMs))}
      </p>
      <WrittenNote instance={instance} />
      <p class="actions">
        <Copy text={instance.instanceId} label={texts.detail.instanceId ?? ''} />
        {[...(instance.privateIps ?? []), ...(instance.publicIps ?? [])].map((address) => (
          <Copy key={address} text={address} label={cleanText(address)} />
        ))}
        {!isReleased && !withoutConsole && (
          <a
            href={instanceInConsole(texts.language, instance.instanceId, instance.region)}
            target="_blank"
            rel="noreferrer"
          >
            {texts.console} ↗
          </a>
        )}
      </p>
    </>
  );
}

/** What a person has written, until its date. */
function WrittenNote({
  instance,
}: {
  readonly instance: InstanceJson | ReleasedJson;
}): VNode | null {
  const { texts, clock, nowMs } = usePage();
  const { note } = notedIn(instance);
  if (note === undefined || !isCurrent(note, nowMs)) return null;
  return (
    <p class="note" role="note">
      <span aria-hidden="true">✎</span> <bdi>{cleanText(note.text, MAX_NOTE_LENGTH)}</bdi>{' '}
      <span class="quiet">{texts.noted(cleanText(note.by), clock.time(note.untilMs, nowMs))}</span>
    </p>
  );
}

function TimelineEntry({ state }: { readonly state: TimelineState }): VNode {
  const { texts, nowMs } = usePage();
  const status = state.status === 'released' ? null : state.status;
  const untilMs = state.until === null ? nowMs : Math.min(Date.parse(state.until), nowMs);
  const lasting = texts.duration(untilMs - Date.parse(state.since));
  return (
    <li class={toneOf(status)}>
      <Status status={status} />{' '}
      <span class="quiet">
        {texts.lasted(state.sinceKnown ? lasting : texts.atLeast(lasting))} ·{' '}
        <Time ms={Date.parse(state.since)} />
      </span>
    </li>
  );
}

function Details({ instance }: { readonly instance: InstanceJson | ReleasedJson }): VNode {
  const { texts } = usePage();
  const rows = Object.entries(texts.detail).flatMap(([name, label]) => {
    const text = textOf((instance as unknown as Record<string, unknown>)[name]);
    return text === '' ? [] : [{ name, label, text }];
  });
  return (
    <dl>
      {rows.map(({ name, label, text }) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd>
            <bdi>{cleanText(text)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([key, own]) => `${key}=${own}`)
    .join(' ');
}
