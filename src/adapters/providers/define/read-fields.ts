import { isLeft, left, map, mapLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { addressAdvice } from '../../../domain/bare-address.js';
import type { CredentialFields } from '../../../domain/credential.js';
import { Secret } from '../../../domain/secret.js';
import type { AddressRefusal } from '../../../domain/web-address.js';
import type { FieldReader } from './field-table.js';

/** A text that can go into a form or a header: not empty, no control characters, no white space around it. */
const parseText = (value: unknown): Either<string, string> =>
  typeof value === 'string' && value !== '' && value.trim() === value && !/[\p{Cc}\p{Cs}]/u.test(value)
    ? right(value)
    : left('be a text that is not empty, without control characters and without white space around it');

/** A plain text. `check` may refuse it further; its Left completes "<field> must …". */
export const textField =
  (
    toFields: (text: string) => CredentialFields,
    check: (text: string) => Either<string, string> = right,
  ): FieldReader =>
  (value) => {
    const text = parseText(value);
    const checked = isLeft(text) ? text : check(text.right);
    return isLeft(checked) ? checked : right(() => right(toFields(checked.right)));
  };

/** A secret text, as a string or already as a {@link Secret}. */
export const secretField =
  (
    toFields: (secret: Secret) => CredentialFields,
    check: (text: string) => Either<string, string> = right,
  ): FieldReader =>
  (value) =>
    textField((text) => toFields(new Secret(text)), check)(value instanceof Secret ? value.expose() : value);

/** An address, judged once the rules are known. */
export const addressField = (
  parse: (text: string, rules: AddressRules) => Either<AddressRefusal, CredentialFields>,
  check: (text: string) => Either<string, string> = right,
): FieldReader =>
  judgedLater(
    (text, rules) =>
      pipe(
        parse(text, rules),
        mapLeft((refusal) => addressAdvice[refusal]),
      ),
    check,
  );

/** An address that is kept as `read` gives it; a Left of `read` completes "<field> must …". */
export const writtenAddressField = (
  read: (text: string, rules: AddressRules) => Either<string, string>,
  toFields: (address: string) => CredentialFields,
  check: (text: string) => Either<string, string>,
): FieldReader => judgedLater((text, rules) => pipe(read(text, rules), map(toFields)), check);

const judgedLater =
  (
    judge: (text: string, rules: AddressRules) => Either<string, CredentialFields>,
    check: (text: string) => Either<string, string>,
  ): FieldReader =>
  (value) => {
    const text = parseText(value);
    const checked = isLeft(text) ? text : check(text.right);
    return isLeft(checked) ? checked : right((rules) => judge(checked.right, rules));
  };

/** One of a few texts. */
export const choiceField =
  <Choice extends string>(choices: readonly Choice[], toFields: (choice: Choice) => CredentialFields): FieldReader =>
  (value) => {
    const choice = choices.find((candidate) => candidate === value);
    return choice === undefined
      ? left(`be ${choices.map((text) => `'${text}'`).join(' or ')}`)
      : right(() => right(toFields(choice)));
  };

/** Visible ASCII (%x21-7E): what a header carries as it is. */
export const visibleAscii = (text: string): Either<string, string> =>
  /^[\x21-\x7e]+$/.test(text) ? right(text) : left('hold visible ASCII characters only, because it goes into a header');

/** RFC 7617 §2: a user id of HTTP Basic must not contain a colon. */
export const withoutColon = (text: string): Either<string, string> =>
  text.includes(':') ? left('hold no colon, because HTTP Basic ends the id at the first (RFC 7617)') : right(text);
