import { left, map, right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { describe, expect, it } from 'vitest';
import {
  choiceField,
  secretField,
  textField,
  visibleAscii,
  withoutColon,
} from '../../../../src/adapters/providers/define/read-fields.js';
import { inWords, readFields, type FieldTable } from '../../../../src/adapters/providers/define/field-table.js';
import { Secret } from '../../../../src/domain/secret.js';
import { strict } from '../provider-fixture.js';

const table: FieldTable = {
  clientId: textField((clientId) => ({ clientId }), withoutColon),
  clientSecret: secretField((clientSecret) => ({ clientSecret })),
  apiKey: secretField((apiKey) => ({ apiKey }), visibleAscii),
  grant: choiceField(['authorization_code', 'client_credentials'], (grant) => ({ grant })),
};
const read = (input: Readonly<Record<string, unknown>>) => {
  const checked = readFields('shop', table, input);
  return checked._tag === 'Left' ? checked : checked.right(strict);
};
const textWanted = 'must be a text that is not empty, without control characters and without white space around it';

describe('reading fields', () => {
  it('gives what was given and nothing else', () => {
    expect(read({ clientId: 'id', grant: 'client_credentials', apiKey: undefined })).toEqual(
      right({ clientId: 'id', grant: 'client_credentials' }),
    );
  });

  it('takes a secret as text or as a secret', () => {
    for (const clientSecret of ['s3cret', new Secret('s3cret')]) {
      const opened = pipe(
        read({ clientSecret }),
        map((fields) => fields.clientSecret?.expose()),
      );
      expect(opened).toEqual(right('s3cret'));
    }
  });

  it('refuses what is no usable text, by name and without quoting it', () => {
    for (const value of ['', ' ', ' id', 'id\n', 'i\u0000d', '\ud800', 7, null, {}, [], true]) {
      expect(read({ clientId: value })).toEqual(left(`clientId of shop ${textWanted}`));
      expect(read({ clientSecret: value })).toEqual(left(`clientSecret of shop ${textWanted}`));
    }
    expect(read({ clientSecret: new Secret('') })).toEqual(left(`clientSecret of shop ${textWanted}`));
  });

  it('refuses what a header cannot carry', () => {
    const advice = 'must hold visible ASCII characters only, because it goes into a header';
    for (const apiKey of ['clé', 'Basic x', '“x”']) expect(read({ apiKey })).toEqual(left(`apiKey of shop ${advice}`));
    expect(read({ clientId: 'a:b' })).toEqual(
      left('clientId of shop must hold no colon, because HTTP Basic ends the id at the first (RFC 7617)'),
    );
  });

  it('refuses a choice that is none', () => {
    expect(read({ grant: 'password' })).toEqual(
      left("grant of shop must be 'authorization_code' or 'client_credentials'"),
    );
  });

  it('names a field it does not know, and those that it does', () => {
    for (const name of ['clientID', 'constructor', '__proto__']) {
      expect(read(Object.fromEntries([[name, 'x']]))).toEqual(
        left(`shop knows no field "${name}"; it takes clientId, clientSecret, apiKey and grant`),
      );
    }
  });
});

describe('a list in words', () => {
  it('reads like a sentence', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(inWords)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});
