import { newEncryptionSecret } from '../../adapters/crypto/new-encryption-secret.js';
import { libraryVersion } from '../../adapters/http/library-version.js';

/** What a command writes, and the status it exits with. */
export interface CommandResult {
  readonly out: string;
  readonly err: string;
  readonly status: 0 | 2;
}

const help = `llavero keeps the access tokens that a backend holds at other people's APIs.

  llavero keygen       a new encryption key: 32 random bytes as base64, on a line of its own
  llavero --version
  llavero --help

Keep a key where the backend's other secrets are, and give it an id of its own:
encryption: { keys: [{ id: '2026-11', secret: process.env.LLAVERO_KEY }] }
`;

const said = (out: string): CommandResult => ({ out, err: '', status: 0 });

/** Runs the command line `llavero …`; what it does not know is a status of 2 with the help on stderr. */
export const runCommand = (parameters: readonly string[]): CommandResult => {
  const [command, ...more] = parameters;
  if (more.length === 0) {
    switch (command) {
      case 'keygen':
        return said(`${newEncryptionSecret()}\n`);
      case '--version':
        return said(`${libraryVersion}\n`);
      case '--help':
      case undefined:
        return said(help);
    }
  }
  // Not quoted: who mistypes a command may have pasted a secret.
  return { out: '', err: `llavero does not know that command.\n\n${help}`, status: 2 };
};
