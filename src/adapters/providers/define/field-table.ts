import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import type { CredentialFields } from '../../../domain/credential.js';
import { printable } from '../../../domain/printable.js';

/** Fields whose form is right; an address among them waits for the rules that judge it. Left is a whole sentence. */
export type CheckedFields = (rules: AddressRules) => Either<string, CredentialFields>;

/** Reads the value of one field. Both Lefts complete "<field> must …". */
export type FieldReader = (value: unknown) => Either<string, (rules: AddressRules) => Either<string, CredentialFields>>;

/** What a provider calls its fields, and how each is read. */
export type FieldTable = Readonly<Record<string, FieldReader>>;

/**
 * Reads fields under the provider's own names; what is undefined counts as not given. Left is a sentence that names the field
 * and says what to write, also for a name that the provider does not know. No value is ever quoted.
 */
export const readFields = (
  owner: string,
  table: FieldTable,
  input: Readonly<Record<string, unknown>>,
): Either<string, CheckedFields> => {
  const checked: (readonly [name: string, ReturnType<FieldReader>])[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const read = Object.hasOwn(table, name) ? table[name] : undefined;
    if (read === undefined) return left(unknownField(owner, table, name));
    checked.push([name, read(value)]);
  }
  const readers: (readonly [name: string, CheckedFields])[] = [];
  for (const [name, field] of checked) {
    if (isLeft(field)) return left(`${name} of ${owner} must ${field.left}`);
    readers.push([name, field.right]);
  }
  return right((rules) => {
    let fields: CredentialFields = {};
    for (const [name, read] of readers) {
      const field = read(rules);
      if (isLeft(field)) return left(`${name} of ${owner} must ${field.left}`);
      fields = { ...fields, ...field.right };
    }
    return right(fields);
  });
};

const unknownField = (owner: string, table: FieldTable, name: string): string =>
  `${owner} knows no field "${printable(name, 60)}"; it takes ${inWords(Object.keys(table))}`;

/** `a`, `a and b`, `a, b and c`. */
export const inWords = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join('')}`;
