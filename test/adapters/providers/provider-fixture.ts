import { isLeft } from 'fp-ts/lib/Either.js';
import type { AccountKey } from '../../../src/domain/account-key.js';
import type { AddressRules } from '../../../src/domain/address-rules.js';
import type { Credential } from '../../../src/domain/credential.js';
import type { Provider, ProviderPreset } from '../../../src/ports/provider.js';

export const strict: AddressRules = { allowHttpOnLoopback: false };
export const loopback: AddressRules = { allowHttpOnLoopback: true };

export const keyOf = (provider: string, account = '1'): AccountKey => ({
  key: `${provider}/${account}`,
  provider,
  account,
});

/** The credential of one account, with these fields registered; throws with the sentence that refuses it. */
export const credentialOf = (provider: Provider, fields: Readonly<Record<string, unknown>> = {}): Credential => {
  const parsed = provider.parseFields(fields);
  if (isLeft(parsed)) throw new Error(parsed.left);
  const complete = provider.complete(keyOf(provider.id), parsed.right);
  if (isLeft(complete)) throw new Error(complete.left);
  return complete.right;
};

/** A provider with its grant for one account. */
export const setUp = (preset: ProviderPreset, fields: Readonly<Record<string, unknown>> = {}, rules = strict) => {
  const provider = preset.configure(rules);
  const credential = credentialOf(provider, fields);
  return { provider, credential, grant: provider.grant(credential) };
};
