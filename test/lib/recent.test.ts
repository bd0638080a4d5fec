import { recent } from '../../shared/lib/recent.ts';

function texts(entries: number, weight: number) {
  const made: string[] = [];
  const ask = recent<string>({ entries, weight, weightOf: ({ length }) => length });
  const of = (key: string, value = key): string =>
    ask(key, () => {
      made.push(key);
      return value;
    });
  return { made, of };
}

it('makes a value once', () => {
  const { made, of } = texts(2, 10);

  expect([of('a'), of('a'), of('b'), of('a')]).toEqual(['a', 'a', 'b', 'a']);
  expect(made).toEqual(['a', 'b']);
});

it('forgets the value that was not used for longest', () => {
  const { made, of } = texts(2, 10);

  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) of(key);

  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

it('forgets as many values as a heavy one needs the place of', () => {
  const { made, of } = texts(10, 10);

  for (const key of ['a', 'b', 'c']) of(key);
  of('d', '123456789');
  for (const key of ['d', 'c', 'b', 'a']) of(key);

  expect(made).toEqual(['a', 'b', 'c', 'd', 'b', 'a']);
});

it('remembers no value that is too heavy by itself, and forgets no other for it', () => {
  const { made, of } = texts(10, 10);

  of('a');
  of('heavy', 'x'.repeat(11));
  of('heavy', 'x'.repeat(11));
  of('a');

  expect(made).toEqual(['a', 'heavy', 'heavy']);
});
