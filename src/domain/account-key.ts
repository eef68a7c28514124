import { left, map, right, type Either } from 'fp-ts/lib/Either.js';

/** `provider/account`, taken apart. `key` is always the whole, canonical form. */
export interface AccountKey {
  readonly key: string;
  readonly provider: string;
  readonly account: string;
}

const providerId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const accountName = /^[^\p{Cc}\p{Cs}]{1,512}$/u;

/** The account a key without one stands for: `citrusad` is `citrusad/default`. */
export const defaultAccount = 'default';

/** Whether `id` can name a provider: 1 to 64 letters, digits, dots, hyphens and underscores, starting with a letter or digit. */
export const isProviderId = (id: string): boolean => providerId.test(id);

/** What stands in errors for a key whose provider nobody knows: such a key may be anything, a misplaced secret too. */
export const unknownProviderKey = '[unknown provider]';

/** Joins the two halves of a key; Left says in a sentence what is wrong with them, and quotes nothing of them. */
export const makeAccountKey = (provider: string, account: string = defaultAccount): Either<string, AccountKey> => {
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
export const parseAccountKey = (text: string): Either<string, AccountKey> => {
  const slash = text.indexOf('/');
  if (slash === -1) return makeAccountKey(text);
  return map((parsed: AccountKey) => Object.freeze({ ...parsed, key: text }))(
    makeAccountKey(text.slice(0, slash), text.slice(slash + 1)),
  );
};
