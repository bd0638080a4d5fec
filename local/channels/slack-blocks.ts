import { isObject, type JsonObject } from './receiver.ts';

// Limits of Slack's Block Kit, in characters or elements: the types of @slack/types 3 and
// https://docs.slack.dev/reference/block-kit/blocks
const MAX_BLOCKS = 50;
const MAX_BLOCK_ID = 255;
const MAX_HEADER_TEXT = 150;
const MAX_SECTION_TEXT = 3_000;
const MAX_SECTION_FIELDS = 10;
const MAX_FIELD_TEXT = 2_000;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_ACTIONS = 25;
const MAX_ALT_TEXT = 2_000;
const MAX_MARKDOWN_TEXT_OF_ALL_BLOCKS = 12_000;

const CHECKS: Readonly<Record<string, (block: JsonObject) => boolean>> = {
  header: ({ text }) => isTextObject(text, MAX_HEADER_TEXT, ['plain_text']),
  section: ({ text, fields }) =>
    (text !== undefined || fields !== undefined) &&
    (text === undefined || isTextObject(text, MAX_SECTION_TEXT)) &&
    (fields === undefined ||
      isListOf(fields, MAX_SECTION_FIELDS, (field) => isTextObject(field, MAX_FIELD_TEXT))),
  context: ({ elements }) =>
    isListOf(
      elements,
      MAX_CONTEXT_ELEMENTS,
      (element) => isTextObject(element) || isImage(element),
    ),
  actions: ({ elements }) => isListOf(elements, MAX_ACTIONS, isObject),
  image: isImage,
  divider: () => true,
  markdown: ({ text }) => isString(text, MAX_MARKDOWN_TEXT_OF_ALL_BLOCKS),
};

/** Whether Slack would show these blocks; it answers `invalid_blocks` otherwise. */
export function areValidBlocks(blocks: unknown): boolean {
  if (!Array.isArray(blocks) || blocks.length > MAX_BLOCKS) return false;
  return blocks.every(isValidBlock) && markdownLength(blocks) <= MAX_MARKDOWN_TEXT_OF_ALL_BLOCKS;
}

function isValidBlock(block: unknown): block is JsonObject {
  if (!isObject(block) || typeof block.type !== 'string') return false;
  if (block.block_id !== undefined && !isString(block.block_id, MAX_BLOCK_ID)) return false;
  const check = Object.hasOwn(CHECKS, block.type) ? CHECKS[block.type] : undefined;
  return check?.(block) ?? false;
}

function isListOf(value: unknown, max: number, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= max && value.every(isItem);
}

function isTextObject(
  value: unknown,
  maxLength = Number.POSITIVE_INFINITY,
  types: readonly string[] = ['plain_text', 'mrkdwn'],
): boolean {
  return isObject(value) && types.includes(String(value.type)) && isString(value.text, maxLength);
}

function isImage(value: unknown): boolean {
  if (!isObject(value) || value.type !== 'image') return false;
  return (
    isString(value.alt_text, MAX_ALT_TEXT) &&
    (isString(value.image_url) || isObject(value.slack_file))
  );
}

function isString(value: unknown, maxLength = Number.POSITIVE_INFINITY): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}

function markdownLength(blocks: readonly JsonObject[]): number {
  return blocks
    .filter(({ type }) => type === 'markdown')
    .reduce((length, { text }) => length + String(text).length, 0);
}
