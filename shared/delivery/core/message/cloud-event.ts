import { commitId, type EventData, eventDataOf } from '../../../core/event-json.ts';
import type { Message } from '../../../core/message.ts';

/** A commit, or a part of one, as a CloudEvents 1.0 event in structured JSON mode. */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** `scope/seq`, with `.part` behind it in a commit of several parts: the same on every retry. */
  readonly id: string;
  readonly source: string;
  readonly type: 'ecs-watch.changes' | 'ecs-watch.notice';
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: EventData;
}

/** The event of a message that carries one commit. */
export function cloudEventOf({ commits, part, isRepeat }: Message): CloudEvent {
  const [commit] = commits;
  if (commit === undefined) throw new RangeError('a message without a commit has no event');
  const { index, count } = part;
  const data = eventDataOf(commit);
  return {
    specversion: '1.0',
    id: `${commitId(commit)}${count > 1 ? `.${index + 1}` : ''}`,
    source: `//ecs-watch/${commit.scope}`,
    type: commit.notice === undefined ? 'ecs-watch.changes' : 'ecs-watch.notice',
    time: data.at,
    datacontenttype: 'application/json',
    data: {
      ...data,
      ...(count > 1 && { part: index + 1, parts: count }),
      ...(isRepeat && { possibleRepeat: true }),
    },
  };
}
