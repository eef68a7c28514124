import type { GrantStyle } from '../../../domain/credential.js';
import { credentialParts, definitionOf } from './validate-definition.js';
import { attributesIn } from './definition-addresses.js';
import { inWords } from './field-table.js';
import type { FieldDefinition, ProviderDefinition } from './provider-definition.js';

/** Names that presets and `register` take for something else. */
const takenNames = [
  'id',
  'policy',
  'provider',
  'account',
  'grant',
  'authorizationEndpoint',
  'tokenEndpoint',
  'revocationEndpoint',
  'apiBase',
];

const styles: readonly GrantStyle[] = ['authorization_code', 'client_credentials', 'consumer_key'];

/** Throws `TypeError` for settings that are right each by itself, but not together. */
export const checkCoherence = (definition: ProviderDefinition<string>): void => {
  const wrong = wrongFields(definition.fields ?? {}) ?? wrongAttributes(definition) ?? wrongGrant(definition);
  if (wrong !== undefined) throw new TypeError(`${definitionOf(definition)}: ${wrong}`);
};

const wrongFields = (fields: Readonly<Record<string, FieldDefinition>>): string | undefined => {
  const parts = Object.values(fields).map(({ part }) => part);
  const twice = parts.find((part, at) => parts.indexOf(part) !== at);
  if (twice !== undefined) return `fields must name each part once, and ${twice} stands in it twice`;
  for (const [name, { part }] of Object.entries(fields)) {
    if (takenNames.includes(name)) return `fields must not hold ${name}: every preset takes that for something else`;
    if (credentialParts.some((standard) => standard === name) && name !== part)
      return `fields.${name}.part must be '${name}', or the name another`;
  }
  return undefined;
};

/** A grant of one's own keeps the attributes it likes. */
const wrongAttributes = (definition: ProviderDefinition<string>): string | undefined => {
  if (typeof definition.grant === 'function') return undefined;
  const kept = Object.keys(definition.answer?.attributes ?? {});
  const unknown = attributesIn(definition.api?.base ?? '').find((name) => !kept.includes(name));
  if (unknown === undefined) return undefined;
  const keeps = kept.length === 0 ? '' : `: it keeps ${inWords(kept)}`;
  return `api.base must name attributes that answer.attributes keeps, and ${unknown} is none${keeps}`;
};

const wrongGrant = ({ grant }: ProviderDefinition<string>): string | undefined => {
  if (typeof grant !== 'function') return undefined;
  const made: unknown = grant({ allowHttpOnLoopback: false });
  const isGrant =
    typeof made === 'object' &&
    made !== null &&
    'style' in made &&
    styles.some((style) => style === made.style) &&
    ['obtain', 'renew', 'judge'].every(
      (name) => typeof Object.entries(made).find(([key]) => key === name)?.[1] === 'function',
    );
  return isGrant
    ? undefined
    : 'grant must be a function that makes a grant: { style, repeatable, obtain, renew, judge }';
};
