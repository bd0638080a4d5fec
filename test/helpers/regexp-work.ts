/**
 * How much work a backtracking engine does for a regular expression, in steps. The engine of
 * Node.js does not say. This one tries the same alternatives in the same order, so that its steps
 * grow as the time of the real one does, and are the same on every machine.
 */

type Node =
  | { readonly kind: 'one'; readonly allows: (character: string) => boolean }
  | { readonly kind: 'edge'; readonly holds: (text: readonly string[], at: number) => boolean }
  | { readonly kind: 'all'; readonly parts: readonly Node[] }
  | { readonly kind: 'any'; readonly choices: readonly Node[] }
  | {
      readonly kind: 'times';
      readonly node: Node;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
    }
  | {
      readonly kind: 'look';
      readonly node: Node;
      readonly isBehind: boolean;
      readonly isNot: boolean;
    };

/** Steps that a search for every match in `text` takes; at most `limit`. */
export function workOf(pattern: RegExp, text: string, limit: number): number {
  const root = parse(pattern);
  const characters = [...text];
  let steps = 0;

  function match(node: Node, at: number, then: (end: number) => boolean): boolean {
    steps += 1;
    if (steps > limit) throw new LimitError();
    switch (node.kind) {
      case 'one':
        return at < characters.length && node.allows(characters[at] ?? '') && then(at + 1);
      case 'edge':
        return node.holds(characters, at) && then(at);
      case 'all':
        return inTurn(node.parts, 0, at, then);
      case 'any':
        return node.choices.some((choice) => match(choice, at, then));
      case 'times':
        return repeat(node, 0, at, then);
      case 'look': {
        const reach = node.isBehind ? Math.min(at, widthOf(node.node)) : 0;
        const starts = Array.from({ length: reach + 1 }, (_, back) => at - back);
        const isThere = starts.some((start) =>
          match(node.node, start, (end) => !node.isBehind || end === at),
        );
        return isThere !== node.isNot && then(at);
      }
    }
  }

  function inTurn(
    parts: readonly Node[],
    index: number,
    at: number,
    then: (end: number) => boolean,
  ): boolean {
    const part = parts[index];
    return part === undefined
      ? then(at)
      : match(part, at, (end) => inTurn(parts, index + 1, end, then));
  }

  function repeat(
    node: Extract<Node, { kind: 'times' }>,
    count: number,
    at: number,
    then: (end: number) => boolean,
  ): boolean {
    const more = (): boolean =>
      count < node.max &&
      match(
        node.node,
        at,
        (end) => (end > at || count < node.min) && repeat(node, count + 1, end, then),
      );
    const enough = (): boolean => count >= node.min && then(at);
    return node.isLazy ? enough() || more() : more() || enough();
  }

  try {
    for (let start = 0; start <= characters.length; ) {
      let next = start + 1;
      match(root, start, (end) => {
        next = Math.max(next, end);
        return true;
      });
      start = next;
    }
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
  }
  return steps;
}

class LimitError extends Error {}

/** The most characters that a match of `node` takes. An engine looks no further back than that. */
function widthOf(node: Node): number {
  switch (node.kind) {
    case 'one':
      return 1;
    case 'edge':
    case 'look':
      return 0;
    case 'times': {
      const width = widthOf(node.node);
      return width === 0 ? 0 : width * node.max;
    }
    case 'any':
      return Math.max(...node.choices.map(widthOf));
    case 'all':
      return node.parts.reduce((sum, part) => sum + widthOf(part), 0);
  }
}

/** Texts of about `length` that begin as a match, go on for long, and fail at their end. */
export function hostileTexts(pattern: RegExp, length: number): readonly string[] {
  const texts = new Set<string>();
  for (const sample of samplesOf(parse(pattern)).map((each) => each.slice(0, MAX_SAMPLE))) {
    for (let start = 0; start < sample.length; start += 1) {
      for (let end = start + 1; end <= Math.min(sample.length, start + MAX_PUMP); end += 1) {
        const pump = sample.slice(start, end).join('');
        const pumped = pump.repeat(Math.ceil(length / pump.length));
        const before = sample.slice(0, start).join('');
        for (const tail of ['', '\u0000!']) texts.add(pumped + tail).add(before + pumped + tail);
      }
    }
  }
  return [...texts];
}

const MAX_SAMPLE = 20;
const MAX_PUMP = 6;
const MAX_SAMPLES = 6;

/** Characters of short matches, one match for each way through the pattern. */
function samplesOf(node: Node): readonly (readonly string[])[] {
  switch (node.kind) {
    case 'one':
      return [[CANDIDATES.find(node.allows) ?? '?']];
    case 'edge':
      return [[]];
    case 'look':
      return samplesOf(node.node);
    case 'times':
      return samplesOf(node.node);
    case 'any':
      return node.choices.flatMap(samplesOf).slice(0, MAX_SAMPLES);
    case 'all':
      return node.parts.map(samplesOf).reduce(
        (all, some) => {
          const ways = Math.max(all.length, some.length);
          return Array.from({ length: ways }, (_, way) => [
            ...(all[way % all.length] ?? []),
            ...(some[way % some.length] ?? []),
          ]);
        },
        [[]] as readonly (readonly string[])[],
      );
  }
}

const CANDIDATES = [
  ...'aA0 \t\n-./:=_',
  ...Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)),
  '中',
  '\ud800',
  '\ufffd',
];

function parse({ source, flags }: RegExp): Node {
  const characters = [...source];
  let place = 0;
  const peek = (text: string): boolean => source.startsWith(text, offset());
  const offset = (): number => characters.slice(0, place).join('').length;
  const take = (text: string): boolean => {
    if (!peek(text)) return false;
    place += [...text].length;
    return true;
  };
  const isMultiline = flags.includes('m');
  const atomFlags = flags.replace(/[gy]/gu, '');

  function choices(): Node {
    const all = [sequence()];
    while (take('|')) all.push(sequence());
    return all.length === 1 && all[0] !== undefined ? all[0] : { kind: 'any', choices: all };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    while (place < characters.length && !peek('|') && !peek(')')) parts.push(quantified(part()));
    return { kind: 'all', parts };
  }

  function quantified(node: Node): Node {
    const [quantifier, digits, isOpen, most] =
      /^(?:[*+?]|\{(\d+)(,)?(\d+)?\})/u.exec(source.slice(offset())) ?? [];
    if (quantifier === undefined) return node;
    place += quantifier.length;
    const isLazy = take('?');
    const min = digits === undefined ? (quantifier === '+' ? 1 : 0) : Number(digits);
    const most_ = most === undefined ? (isOpen ? Number.POSITIVE_INFINITY : min) : Number(most);
    const max = digits === undefined ? (quantifier === '?' ? 1 : Number.POSITIVE_INFINITY) : most_;
    return { kind: 'times', node, min, max, isLazy };
  }

  function part(): Node {
    if (take('(?:')) return closed(choices());
    for (const [opening, isBehind, isNot] of LOOKS) {
      if (take(opening)) return { kind: 'look', node: closed(choices()), isBehind, isNot };
    }
    const name = /^\(\?<\w+>/u.exec(source.slice(offset()))?.[0];
    if (name !== undefined && take(name)) return closed(choices());
    if (take('(')) return closed(choices());
    if (take('^')) {
      return {
        kind: 'edge',
        holds: (text, at) => at === 0 || (isMultiline && text[at - 1] === '\n'),
      };
    }
    if (take('$')) {
      return {
        kind: 'edge',
        holds: (text, at) => at === text.length || (isMultiline && text[at] === '\n'),
      };
    }
    if (take('\\b')) return wordEdge(true);
    if (take('\\B')) return wordEdge(false);
    return one(
      /^(?:\[(?:\\[\s\S]|[^\]\\])*\]|\\u\{[^}]*\}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\c[a-z]|\\p\{[^}]*\}|\\[\s\S]|[\s\S])/iu,
    );
  }

  function closed(node: Node): Node {
    if (!take(')')) throw new Error(`${source} is not understood at ${offset()}`);
    return node;
  }

  function one(token: RegExp): Node {
    const text = token.exec(source.slice(offset()))?.[0] ?? '';
    if (/^\\[1-9k]/u.test(text)) throw new Error(`${source} refers back to a group`);
    place += [...text].length;
    const pattern = new RegExp(`^${text}$`, atomFlags);
    const known = new Map<string, boolean>();
    const allows = (character: string): boolean => {
      const answer = known.get(character) ?? pattern.test(character);
      known.set(character, answer);
      return answer;
    };
    return { kind: 'one', allows };
  }

  const root = choices();
  if (place < characters.length) throw new Error(`${source} is not understood at ${offset()}`);
  return root;
}

const LOOKS = [
  ['(?=', false, false],
  ['(?!', false, true],
  ['(?<=', true, false],
  ['(?<!', true, true],
] as const;

function wordEdge(isWanted: boolean): Node {
  const isWord = (character: string | undefined): boolean =>
    character !== undefined && /\w/u.test(character);
  return {
    kind: 'edge',
    holds: (text, at) => (isWord(text[at - 1]) !== isWord(text[at])) === isWanted,
  };
}
