import { isLeft, left, map, mapLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { addressAdvice } from '../../../domain/bare-address.js';
import { parseStoreUrl } from '../../../domain/store-address.js';
import { checkWebAddress } from '../../../domain/web-address.js';
import { parseRedirectUri } from '../../grants/redirect-uri.js';
import { parseBaseAddress } from './base-address.js';
import { addressesOf, apiBaseAdvice, hasPaths, isApiBase, isWhole } from './definition-addresses.js';
import {
  addressField,
  choiceField,
  secretField,
  textField,
  visibleAscii,
  withoutColon,
  writtenAddressField,
} from './read-fields.js';
import type { FieldReader, FieldTable } from './field-table.js';
import type { PresetDefinition } from './make-preset.js';
import type { CredentialPart, FieldDefinition, ProviderDefinition } from './provider-definition.js';

/** What presets and accounts of a definition are given, and what nothing can be asked without. */
type DefinedFields = Pick<PresetDefinition, 'presetFields' | 'accountFields' | 'required'>;

type AnyDefinition = ProviderDefinition<string>;

interface Row {
  readonly name: string;
  readonly part: CredentialPart | 'grant';
  readonly takenBy?: FieldDefinition['takenBy'];
  readonly required?: boolean | undefined;
  readonly read: FieldReader;
}

/** The fields of a definition: those it names, then the parts that are left, under their own names. */
export const definedFields = (definition: AnyDefinition): DefinedFields => {
  const named: Readonly<Record<string, FieldDefinition>> = definition.fields ?? {};
  const own = Object.entries(named).map(([name, field]) => rowOf(definition, name, field));
  const left = standardRows(definition).filter(({ part }) => own.every((row) => row.part !== part));
  const rows = [...own, ...left];
  const tableFor = (taker: 'preset' | 'register'): FieldTable =>
    Object.fromEntries(
      rows.filter(({ takenBy = taker }) => takenBy === taker).map(({ name, read }) => [name, read] as const),
    );
  const nameOf = (part: CredentialPart): string => rows.find((row) => row.part === part)?.name ?? part;
  return {
    presetFields: { ...tableFor('preset'), ...addressOptions(definition) },
    accountFields: tableFor('register'),
    required: {
      clientId: nameOf('clientId'),
      clientSecret: nameOf('clientSecret'),
      others: rows.flatMap(({ part, name, required }) =>
        required === true && part !== 'clientId' && part !== 'clientSecret' ? [[part, name] as const] : [],
      ),
    },
  };
};

/** The parts that a definition needs whether or not it names them. */
const standardRows = (definition: AnyDefinition): readonly Row[] => {
  const row = (part: CredentialPart, rest: Omit<FieldDefinition, 'part'> = {}): Row =>
    rowOf(definition, part, { part, ...rest });
  const hasBase = definition.baseUrl !== undefined;
  const placement = definition.api?.placement;
  const takesKey = typeof placement === 'object' && placement.credential === 'api_key';
  return [
    row('clientId'),
    row('clientSecret'),
    ...(definition.grant === 'client_credentials' ? [] : [row('redirectUri')]),
    row('scope'),
    ...(takesKey ? [row('apiKey', { required: true })] : []),
    ...(hasBothGrants(definition) ? [grantRow] : []),
    ...(hasBase ? [row('baseUrl', { takenBy: 'preset' })] : []),
    ...(!hasBase && hasPaths(definition) ? [row('baseUrl', { required: true })] : []),
  ];
};

/** Whether accounts of either grant can be registered. */
export const hasBothGrants = (definition: AnyDefinition): boolean =>
  'clientCredentials' in definition && definition.clientCredentials === true;

const grantRow: Row = {
  name: 'grant',
  part: 'grant',
  read: choiceField(['authorization_code', 'client_credentials'], (grant) => ({ grant })),
};

/** Options under which the whole addresses of a definition may be given anew; they are no part of a credential. */
const addressOptions = (definition: AnyDefinition): FieldTable =>
  Object.fromEntries(
    Object.entries(addressesOf(definition))
      .filter(([, address]) => typeof address === 'string' && isWhole(address))
      .map(([name]) => [name, name === 'apiBase' ? apiBaseField : wholeAddress] as const),
  );

const wholeAddress = addressField((text, rules) =>
  pipe(
    checkWebAddress(text, rules),
    map(() => ({})),
  ),
);

const apiBaseField = textField(
  () => ({}),
  (text) => (isApiBase(text) ? right(text) : left(apiBaseAdvice)),
);

const rowOf = (definition: AnyDefinition, name: string, field: FieldDefinition): Row => {
  const { part, takenBy, required } = field;
  return { name, part, takenBy, required, read: readerOf(definition, field) };
};

/** How a field is read: what its part always has to be first, then what the definition checks. */
const readerOf = (definition: AnyDefinition, { part, check, readAddress }: FieldDefinition): FieldReader => {
  const checked =
    (first: (text: string) => Either<string, string> = right) =>
    (text: string): Either<string, string> => {
      const refused = first(text);
      const must = isLeft(refused) ? undefined : check?.(text);
      return must === undefined ? refused : left(must);
    };
  switch (part) {
    case 'clientId':
      return textField((clientId) => ({ clientId }), checked(isRawBasic(definition) ? withoutColon : right));
    case 'clientSecret':
      return secretField((clientSecret) => ({ clientSecret }), checked());
    case 'apiKey':
      return secretField((apiKey) => ({ apiKey }), checked(visibleAscii));
    case 'redirectUri':
      return writtenAddressField(
        (text, rules) => parseRedirectUri(text, isOpaque(definition) ? 'opaque' : rules),
        (redirectUri) => ({ redirectUri }),
        checked((text) => parseRedirectUri(text, isOpaque(definition) ? 'opaque' : { allowHttpOnLoopback: true })),
      );
    case 'scope':
      return textField((scope) => ({ scope }), checked());
    case 'baseUrl':
      return writtenAddressField(addressReader(readAddress, parseBaseAddress), (baseUrl) => ({ baseUrl }), checked());
    case 'apiAddress':
      return writtenAddressField(
        addressReader(readAddress, parseBaseAddress),
        (apiAddress) => ({ apiAddress }),
        checked(),
      );
    case 'storeUrl':
      return writtenAddressField(addressReader(readAddress, asWritten), (storeUrl) => ({ storeUrl }), checked());
  }
};

/** Whether the provider's redirect URIs are names of its own making. */
export const isOpaque = (definition: AnyDefinition): boolean =>
  'opaqueRedirectUri' in definition && definition.opaqueRedirectUri === true;

const isRawBasic = (definition: AnyDefinition): boolean =>
  'clientAuthentication' in definition && definition.clientAuthentication === 'basic-unencoded';

/** A shop's address stays as its operator wrote it. */
const asWritten = (text: string, rules: AddressRules): ReturnType<typeof parseBaseAddress> =>
  pipe(
    parseStoreUrl(text, rules),
    map(() => text),
  );

/** The definition's own reader, or the one of its part. */
const addressReader =
  (readAddress: FieldDefinition['readAddress'], standard: typeof parseBaseAddress) =>
  (text: string, rules: AddressRules): Either<string, string> => {
    if (readAddress === undefined) {
      return pipe(
        standard(text, rules),
        mapLeft((refusal) => addressAdvice[refusal]),
      );
    }
    const read = readAddress(text, rules);
    return 'must' in read ? left(read.must) : right(read.address);
  };
