import { flatMap, left, map, right, type Either } from 'fp-ts/lib/Either.js';

/** `provider/account`, taken apart. `key` is always the whole, canonical form. */
export interface AccountKey {
  readonly key: string;
  readonly provider: string;
  readonly account: string;
}

const providerId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const accountName = /^[^\p{Cc}\p{Cs}]{1,512}$/u;

/**
 * What nobody sees, or what makes a name look like another one: characters that turn the direction of text (Unicode's
 * Bidi_Control), that separate lines, and that have no width.
 */
const unseen =
  /(?<bidi>\p{Bidi_Control})|(?<line>[\p{Zl}\p{Zp}])|(?<width>[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb])/u;

/** The account a key without one stands for: `ads` is `ads/default`. */
export const defaultAccount = 'default';

/** Whether `id` can name a provider: 1 to 64 letters, digits, dots, hyphens and underscores, starting with a letter or digit. */
export const isProviderId = (id: string): boolean => providerId.test(id);

/** What stands in errors for a key whose provider nobody knows: such a key may be anything, a misplaced secret too. */
export const unknownProviderKey = '[unknown provider]';

/** The character by its number, because it would not be seen. */
const refusalOf = (account: string): string | undefined => {
  const found = unseen.exec(account);
  if (found === null) return undefined;
  const { bidi, line } = found.groups ?? {};
  const number = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  if (bidi !== undefined) return `U+${number}, which changes the direction of text`;
  return line === undefined ? `U+${number}, which has no width` : `U+${number}, which separates lines`;
};

/**
 * Joins the two halves of a key; Left says in a sentence what is wrong with them, and quotes nothing of them but the number of
 * a character that cannot be seen.
 */
export const makeAccountKey = (provider: string, account: string = defaultAccount): Either<string, AccountKey> =>
  flatMap((key: AccountKey) => {
    const refusal = refusalOf(key.account);
    return refusal === undefined ? right(key) : left(`the account in a key must not hold ${refusal}`);
  })(makeStoredKey(provider, account));

/** A key as older releases stored it as well: with characters that nobody sees. */
const makeStoredKey = (provider: string, account: string): Either<string, AccountKey> => {
  if (!isProviderId(provider)) {
    return left('the provider in a key must be 1 to 64 letters, digits, dots, hyphens or underscores');
  }
  if (!accountName.test(account)) {
    return left('the account in a key must be 1 to 512 characters without control characters');
  }
  return right(Object.freeze({ key: `${provider}/${account}`, provider, account }));
};

/**
 * Splits a key at its first `/`; a key without one names the account `default`. A key that is whole is kept as the very string
 * it is, so that looking it up again compares no characters. Left says in a sentence what is wrong.
 */
export const parseAccountKey = (text: string): Either<string, AccountKey> => parseWith(makeAccountKey, text);

/** {@link parseAccountKey} for what is in the store already: a name that would be refused today can be removed. */
export const parseStoredKey = (text: string): Either<string, AccountKey> => parseWith(makeStoredKey, text);

const parseWith = (make: typeof makeStoredKey, text: string): Either<string, AccountKey> => {
  const slash = text.indexOf('/');
  if (slash === -1) return make(text, defaultAccount);
  return map((parsed: AccountKey) => Object.freeze({ ...parsed, key: text }))(
    make(text.slice(0, slash), text.slice(slash + 1)),
  );
};
