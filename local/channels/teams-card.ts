import { isObject, type JsonObject } from './receiver.ts';

// The part of Adaptive Cards 1.4 that senders of this product may use. Names and enumerations as in
// http://adaptivecards.io/schemas/adaptive-card.json, which allows no property that it does not name.

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isAddress: Check = (value) => typeof value === 'string' && URL.canParse(value);
/** The schema takes either case. */
const oneOf =
  (...names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value.toLowerCase());
const listOf =
  (isItem: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isItem);

const COLOUR = oneOf('default', 'dark', 'light', 'accent', 'good', 'warning', 'attention');
const SIZE = oneOf('default', 'small', 'medium', 'large', 'extralarge');
const WEIGHT = oneOf('default', 'lighter', 'bolder');
const SPACING = oneOf('default', 'none', 'small', 'medium', 'large', 'extralarge', 'padding');
const FONT = oneOf('default', 'monospace');

interface Shape {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
}

const LOOK = { color: COLOUR, size: SIZE, weight: WEIGHT, isSubtle: isFlag, fontType: FONT };
const PLACE = { id: isText, separator: isFlag, spacing: SPACING, isVisible: isFlag };

const isFact: Check = (value) =>
  hasShape(value, { required: { title: isText, value: isText }, optional: {} });
const isRun: Check = (value) =>
  isText(value) ||
  hasShape(value, {
    required: { type: oneOf('textrun'), text: isText },
    optional: {
      ...LOOK,
      italic: isFlag,
      strikethrough: isFlag,
      underline: isFlag,
      highlight: isFlag,
    },
  });

const ACTIONS: Readonly<Record<string, Shape>> = {
  'Action.OpenUrl': { required: { url: isAddress }, optional: { title: isText } },
};

const ELEMENTS: Readonly<Record<string, Shape>> = {
  TextBlock: { required: { text: isText }, optional: { ...PLACE, ...LOOK, wrap: isFlag } },
  RichTextBlock: { required: { inlines: listOf(isRun) }, optional: PLACE },
  FactSet: { required: { facts: listOf(isFact) }, optional: PLACE },
  Container: {
    required: { items: listOf((value) => isOneOf(value, ELEMENTS)) },
    optional: {
      ...PLACE,
      style: oneOf('default', 'emphasis', 'good', 'attention', 'warning', 'accent'),
    },
  },
  ActionSet: { required: { actions: listOf((value) => isOneOf(value, ACTIONS)) }, optional: PLACE },
};

const isElement: Check = (value) => isOneOf(value, ELEMENTS);

/** Only of Teams, and no part of the schema. */
const TEAMS: Shape = {
  required: {},
  optional: {
    width: oneOf('full'),
    entities: listOf((entity) =>
      hasShape(entity, {
        required: { type: oneOf('mention'), text: isText, mentioned: isMentioned },
        optional: {},
      }),
    ),
  },
};

/** Why Teams would not show this card; null when it would. */
export function cardProblem(card: unknown): string | null {
  if (!isObject(card) || card.type !== 'AdaptiveCard') return 'no AdaptiveCard';
  const { body, msteams = {} } = card;
  if (!/^1\.[0-5]$/.test(String(card.version))) return `version ${card.version} of a card`;
  if (!Array.isArray(body) || body.length === 0) return 'a card without a body';
  const bad = body.findIndex((element) => !isElement(element));
  if (bad !== -1) return `body[${bad}] is not of the schema`;
  const known = [
    '$schema',
    'type',
    'version',
    'body',
    'actions',
    'fallbackText',
    'lang',
    'msteams',
  ];
  const unknown = Object.keys(card).find((name) => !known.includes(name));
  if (unknown !== undefined) return `${unknown} is no property of a card`;
  if (card.actions !== undefined && !listOf((value) => isOneOf(value, ACTIONS))(card.actions))
    return 'actions are not of the schema';
  return hasShape(msteams, TEAMS) ? mentionProblem(card) : 'msteams is not as documented';
}

function isOneOf(value: unknown, shapes: Readonly<Record<string, Shape>>): boolean {
  const type = isObject(value) ? String(value.type) : '';
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  return (
    shape !== undefined &&
    hasShape(value, { ...shape, optional: { ...shape.optional, type: isText } })
  );
}

function hasShape(value: unknown, { required, optional }: Shape): value is JsonObject {
  if (!isObject(value)) return false;
  const checks = { ...optional, ...required };
  return (
    Object.keys(required).every((name) => value[name] !== undefined) &&
    Object.entries(value).every(
      ([name, member]) => Object.hasOwn(checks, name) && checks[name]?.(member) === true,
    )
  );
}

function isMentioned(value: unknown): boolean {
  return hasShape(value, { required: { id: isPerson, name: isText }, optional: {} });
}

/** An Entra object id or a user principal name: for another one, Teams shows nothing of the message. */
function isPerson(value: unknown): boolean {
  return /^(?:[\da-f-]{36}|[^@\s]+@[^@\s]+\.[^@\s]+)$/i.test(String(value));
}

/** Each mention needs its entity. */
function mentionProblem({ body, msteams = {} }: JsonObject): string | null {
  const shown = [...JSON.stringify(body).matchAll(/<at>[^<>]*<\/at>/g)].map(([text]) => text);
  const { entities = [] } = msteams as { readonly entities?: readonly JsonObject[] };
  const missing = entities.find(({ text }) => !shown.includes(String(text)));
  return missing === undefined ? null : `${missing.text} is not in the text`;
}
