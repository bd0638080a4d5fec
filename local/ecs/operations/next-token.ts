import { invalidParameter } from '../errors.ts';

/** NextToken after a page: it names the last item of it, by its number, so that a release on earlier pages moves nothing. */
export function tokenAfter(number: number): string {
  return Buffer.from(`after ${number}`).toString('base64url');
}

/** The number in a token. @throws {ApiError} */
export function numberOf(token: string): number {
  const [, number] = /^after (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (number === undefined) throw invalidParameter('NextToken');
  return Number(number);
}
