import { describe, expect, it } from 'vitest';
import { findPhrase } from './find-phrase.js';
import { sourceFilesIn } from './source-files.js';

/** The only files that may take a secret out of its `Secret`, and what each does with it. */
const exposing: Readonly<Record<string, string>> = {
  'src/adapters/grants/authorization-code.ts': 'puts the code or the refresh token into its request',
  'src/adapters/grants/client-authentication.ts': 'puts the client secret into its request',
  'src/adapters/providers/tray/consumer-key.ts':
    'puts the consumer secret, the code or the refresh token into its request',
  'src/adapters/grants/token-endpoint.ts': 'puts the token to revoke into its request',
  'src/adapters/providers/define/read-fields.ts': 'checks a secret that was registered',
  'src/app/calling/place-credential.ts': 'puts the token or the API key into a request to the API',
  'src/app/accounts/account-repository.ts': 'fingerprints a client',
  'src/app/renewal/commit-token.ts': 'fingerprints a token',
  'src/app/renewal/invalidate-token.ts': 'compares the token that was rejected with the one in use',
  'src/domain/token-response/answered-tokens.ts': 'compares the tokens of an answer with those held before',
  'src/domain/secrets-codec.ts': 'writes what is about to be sealed',
  'src/domain/token.ts': 'writes the Authorization header a caller asks for',
};

describe('a secret', () => {
  it('is taken out only by the files that have a reason', () => {
    const found = sourceFilesIn('src').filter((file) => findPhrase(file, '.expose').length > 0);
    expect(found.map(({ path }) => path)).toEqual(Object.keys(exposing).toSorted());
  });

  it('cannot be taken out under another spelling', () => {
    const spelled = sourceFilesIn('src').filter(({ text }) =>
      /\[\s*['"`]expose['"`]|\{[^{}]*\bexpose\b[^{}]*\}\s*=/.test(text),
    );
    expect(spelled.map(({ path }) => path)).toEqual([]);
  });
});
