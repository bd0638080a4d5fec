import { inspect } from 'node:util';
import { redactor } from '../../shared/lib/secrets.ts';
import { requestFailure, toJournalError } from '../../shared/tablestore/failure.ts';

const TOKEN = 'token-of-a-role-00';
const redact = redactor([TOKEN]);

describe('what Tablestore answers to a request that it refuses', () => {
  it('is read with its code, its words and its request id', () => {
    const failure = requestFailure(refusal('OTSAuthFailed', 'The AccessKeyID is wrong.'), redact);

    expect(failure).toMatchObject({
      code: 'OTSAuthFailed',
      text: 'The AccessKeyID is wrong.',
      requestId: '0005-0001',
      isCertain: true,
    });
  });

  it('is read with a text that is longer than its length can say in one byte', () => {
    const words = 'No '.repeat(100);

    expect(requestFailure(refusal('OTSParameterInvalid', words), redact).text).toBe(
      words.slice(0, 200),
    );
  });

  it('is read with a code alone', () => {
    const error = sdkError('\n\u000dOTSServerBusy requestId:0005-0001');

    expect(requestFailure(error, redact)).toMatchObject({ code: 'OTSServerBusy', mayPass: true });
  });

  it.each([
    ['its words', refusal('OTSParameterInvalid', `${'x'.repeat(190)}${TOKEN}`)],
    ['its request id', refusal('OTSParameterInvalid', 'no', `${'x'.repeat(190)}${TOKEN}`)],
    ['a page of another server', sdkError(`<html>${TOKEN}</html> requestId:${TOKEN}`)],
  ])('shows no part of a token that is repeated in %s', (_where, error) => {
    const { cause: _, ...failure } = requestFailure(error, redact);
    const { message, requestId } = toJournalError({ ...failure, cause: undefined }, false);

    expect(inspect([failure, message, requestId])).not.toContain(TOKEN.slice(0, 6));
  });

  it.each([
    ['code', 'OTS'],
    ['code and text', 'OTSa\u0012\u0001'],
    ['mark', ' requestId:'],
    ['nothing', '\u0012'],
  ])('is read in no time when another server repeats the %s for megabytes', (_what, part) => {
    // Quadratic work on this would take hours.
    const error = sdkError(`${part.repeat(3_000_000 / part.length)}! requestId:0005-0001`);

    expect(requestFailure(error, redact).text.length).toBeLessThanOrEqual(200);
  });
});

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
});

/** What is shown of it. */
function messageFor(code: string, words: string): string {
  return toJournalError(requestFailure(refusal(code, words), redact), false).message;
}

/** An error as the SDK makes it of the protobuf of Tablestore. */
function refusal(code: string, words: string, requestId = '0005-0001'): Error {
  const length = words.length < 128 ? String.fromCharCode(words.length) : '\ufffd\u0001';
  const protobuf = `\n${String.fromCharCode(code.length)}${code}\u0012${length}${words}`;
  return sdkError(`${protobuf} requestId:${requestId}`, requestId);
}

function sdkError(message: string, requestId = '0005-0001'): Error {
  return Object.assign(new Error(message), {
    code: 403,
    headers: { 'x-ots-requestid': requestId },
  });
}
