import { requestFailure, toJournalError } from '../../shared/tablestore/failure.ts';

const NOTHING_SECRET = (text: string) => text;

describe('a refusal of Tablestore', () => {
  it.each([
    ['Signature mismatch.', 'the secret of the access key is wrong'],
    ['The AccessKeyID does not exist.', 'the access key id is wrong, or the key was deleted'],
    ['The AccessKeyID is disabled.', 'the access key is disabled: enable it, or use another one'],
    ['The instance is not found.', 'TABLESTORE_INSTANCE is wrong, or it is in another region'],
    ['The instance is not running.', 'the instance does not run: look at it in the console'],
    [
      'Request denied by instance ACL policies.',
      'the network ACL of the instance does not allow this network: change it in the console',
    ],
    [
      'Mismatch between system time and x-ots-date: 2026-11-22T10:05:00.000Z.',
      'the clock of this machine is wrong',
    ],
    ['Something new.', 'the access key, its secret or TABLESTORE_INSTANCE is wrong'],
  ])('keeps its own words (%s), and the advice is chosen by them', (text, advice) => {
    expect(messageFor('OTSAuthFailed', text)).toBe(`${text} (${advice})`);
  });

  it('keeps its own words beside the advice for a missing permission', () => {
    expect(messageFor('OTSNoPermissionAccess', 'You have no permission.')).toBe(
      'You have no permission. (the role may not do this on the Tablestore instance: give it the policy of the README)',
    );
  });

  it('without advice is what Tablestore says', () => {
    expect(messageFor('OTSQuotaExhausted', 'Too many tables.')).toBe('Too many tables.');
  });

  it.each([
    ['of names without end', 'OTS'.repeat(100_000)],
    ['of names and letters without end', `${'OTSAuthFailed\u0012'.repeat(20_000)} requestId`],
    ['of a text without end', `OTSAuthFailed\u0012\ufffda${'b'.repeat(300_000)}`],
  ])('%s is read as far as its beginning', (_what, message) => {
    const error = Object.assign(new Error(message), { code: 403, headers: {} });

    const { code, text } = requestFailure(error, NOTHING_SECRET);

    expect(code).toMatch(/^(?:OTS[A-Za-z]{1,60}|HTTP403)$/u);
    expect(text.length).toBeLessThanOrEqual(200);
  });
});

/** As the SDK throws it: the raw protobuf of the error, and the request id behind it. */
function messageFor(code: string, text: string): string {
  const field = (tag: number, value: string) => String.fromCharCode(tag, value.length) + value;
  const body = `${field(0x0a, code)}${field(0x12, text)} requestId:0006d2f4`;
  const error = Object.assign(new Error(body), { code: 403, headers: {} });
  return toJournalError(requestFailure(error, NOTHING_SECRET), false).message;
}
