import { relative } from 'node:path';

const query =
  'select key, generation, access_token_expires_at, substr(token, 1, 24) as sealed_token from llavero_accounts';

/** Commands that show what is in the database: what is secret is sealed there, the rest is in clear. */
export const waysToLook = (database: string): readonly string[] => {
  const near = relative(process.cwd(), database);
  const path = near.startsWith('..') ? database : near;
  return [
    `sqlite3 -header -column "${path}" "${query}"`,
    `node -e "console.table(require('better-sqlite3')('${path}').prepare('${query}').all())"`,
  ];
};
