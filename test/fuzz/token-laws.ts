import { ok, strictEqual } from 'node:assert/strict';
import { dueTimesOf } from '../../src/domain/due-times.js';
import type { IssuedToken } from '../../src/domain/issued-token.js';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { decodeIssuedToken, encodeIssuedToken } from '../../src/domain/secrets-codec.js';
import type { Secret } from '../../src/domain/secret.js';
import { rightOf } from '../adapters/grants/credential-fixture.js';
import { sentAtMs } from './judges.js';

const centuryMs = 36_500 * 86_400_000;

/** What stands in a log or a header without doing anything there. */
const isClean = (text: string): boolean => text !== '' && !/[\p{Cc}\p{Cs}]/u.test(text);

/**
 * A JSON object as the provider sent it, read by other means than the library's; undefined when it is none. The one integer
 * among the odd values that no double can hold is its digits.
 */
export const answeredObject = (plain: Buffer): object | undefined => {
  const text = plain.toString('utf8');
  try {
    const parsed: unknown = JSON.parse(
      (text.startsWith('\ufeff') ? text.slice(1) : text).replace(/(:\s*)(9007199254740993)(?=\s*[,}])/g, '$1"$2"'),
    );
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** A text under a name of the object itself; undefined for what it inherits, for the empty text and for no text. */
export const ownTextOf = (object: object, name: string): string | undefined => {
  const value: unknown = Object.getOwnPropertyDescriptor(object, name)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const exposed = (secret: Secret | undefined): string | undefined => secret?.expose();

/** What holds for every token that an answer gave, however odd the answer. */
export const checkIssued = (token: IssuedToken, attributes: readonly string[]): void => {
  ok(Object.isFrozen(token) && Object.isFrozen(token.attributes), 'a token is frozen');
  strictEqual(token.obtainedAt.getTime(), sentAtMs);
  const lifeMs = token.expiresAt.getTime() - sentAtMs;
  ok(lifeMs > 0 && lifeMs <= centuryMs, `a token lives for ${lifeMs} ms`);
  const refreshEndsMs = token.refreshTokenExpiresAt?.getTime() ?? sentAtMs + 1;
  ok(refreshEndsMs > sentAtMs && refreshEndsMs <= 8.64e15, `a refresh token ends at ${refreshEndsMs}`);
  const access = exposed(token.accessToken) ?? 'none';
  ok(/^[\x21-\x7e]+$/.test(access), 'an access token fits into a header');
  ok(isClean(token.tokenType) && token.tokenType.length <= 64, `the token type is ${JSON.stringify(token.tokenType)}`);
  ok(token.scope === undefined || isClean(token.scope), `the scope is ${JSON.stringify(token.scope)}`);
  for (const [name, text] of Object.entries(token.attributes)) {
    ok(attributes.includes(name), `${name} is no attribute of this provider`);
    ok(isClean(text) && text.length <= 1_024, `the attribute ${name} is ${JSON.stringify(text)}`);
  }
  for (const ms of Object.values(dueTimesOf(defaultRefreshPolicy, token))) {
    ok(ms === undefined || Number.isSafeInteger(ms), `a time for the store is ${String(ms)}`);
  }
};

/** What is sealed comes back as it was: every secret character for character, every time to the millisecond. */
export const checkSealedForm = (token: IssuedToken): void => {
  const back = rightOf(decodeIssuedToken(encodeIssuedToken(token)));
  strictEqual(exposed(back.accessToken), exposed(token.accessToken));
  strictEqual(exposed(back.refreshToken), exposed(token.refreshToken));
  strictEqual(exposed(back.installationCode), exposed(token.installationCode));
  strictEqual(JSON.stringify(back), JSON.stringify({ ...back, ...token }));
};
