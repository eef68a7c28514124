import { realProviders } from './real-provider.js';

const variables = Object.entries(realProviders)
  .map(
    ([id, { required, optional }]) =>
      `  ${id.padEnd(9)} ${[...required, ...optional.map((name) => `[${name}]`)].join(' ')}`,
  )
  .join('\n');

/** What `--help` prints. */
export const help = `llavero's demo: the real library, real HTTP, a real SQLite file.

  npm run demo                                  with stand-ins of Centry, Tray and CitrusAd; under 20 s
  npm run demo -- --json                        the same as one JSON document; progress goes to stderr
  npm run demo -- --database PATH               keep the accounts in PATH instead of ./llavero-demo.db
  npm run demo -- --provider centry|tray|citrusad
                                                talk to the real provider instead

The encryption key is kept beside the database, as llavero-demo.key: it is made at the first run.

A real provider is told by these variables of the environment ([…]: may be left out):
${variables}

It exits with 0 when everything held, 1 when something did not, 2 when it was called wrongly.
`;
