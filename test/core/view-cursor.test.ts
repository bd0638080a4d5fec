import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../shared/core/cursor.ts';

it('gives back the place that it was made from, whatever the texts in it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.nat())), (place) => {
      expect(decodeCursor('changes', encodeCursor('changes', place))).toEqual(place);
    }),
  );
});

it('stands in an address as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const cursor = encodeCursor('page', [text]);

      expect(encodeURIComponent(cursor)).toBe(cursor);
    }),
  );
});

it('is not taken for one of another kind', () => {
  expect(decodeCursor('changes', encodeCursor('history', ['main/cn-hangzhou', 1]))).toBeUndefined();
});

it('is nothing when it is any other text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeCursor('instances', text)).toBeUndefined();
    }),
  );
});
