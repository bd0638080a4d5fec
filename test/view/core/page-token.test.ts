import fc from 'fast-check';
import { decodePageToken, encodePageToken } from '../../../shared/view/core/page-token.ts';

it('gives back the place that it was made from, whatever the texts in it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.nat())), (place) => {
      expect(decodePageToken('changes', encodePageToken('changes', place))).toEqual(place);
    }),
  );
});

it('stands in an address as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const cursor = encodePageToken('page', [text]);

      expect(encodeURIComponent(cursor)).toBe(cursor);
    }),
  );
});

it('is not taken for one of another kind', () => {
  expect(
    decodePageToken('changes', encodePageToken('history', ['main/cn-hangzhou', 1])),
  ).toBeUndefined();
});

it('is nothing when it is any other text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodePageToken('instances', text)).toBeUndefined();
    }),
  );
});
