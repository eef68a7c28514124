import type { Cipher } from '../../src/ports/cipher.js';

/** The members of what is sealed that hold a secret. */
const secretMembers = [
  'accessToken',
  'refreshToken',
  'clientSecret',
  'apiKey',
  'codeVerifier',
  'installationCode',
] as const;

const membersOf = (text: string): Readonly<Record<string, unknown>> => {
  if (!text.startsWith('{')) return {};
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

/** The same cipher, which tells of every secret that is sealed by it: so a test knows those that it did not make itself. */
export const recordingCipher = (cipher: Cipher, onSecret: (name: string, text: string) => void): Cipher => ({
  ...cipher,
  seal: (text, binding) => {
    const members = membersOf(text);
    for (const name of secretMembers) {
      const value = members[name];
      if (typeof value === 'string') onSecret(name, value);
    }
    return cipher.seal(text, binding);
  },
});
