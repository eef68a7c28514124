import { randomBytes } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './entry-points.mjs';

// `npm run example -- express` compiles that example and starts it with a stand-in for Centry, until Ctrl+C.
const examples = ['express', 'fastify', 'nestjs', 'worker'];
const [name = ''] = process.argv.slice(2);
if (!examples.includes(name)) {
  console.error(`npm run example -- NAME, where NAME is one of ${examples.join(', ')}`);
  process.exit(2);
}

const compiled = join(projectRoot, '.examples');
rmSync(compiled, { recursive: true, force: true });
const sources = readdirSync(join(projectRoot, 'examples', name))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('examples', name, file));
const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const options = ['--ignoreConfig', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
const forFrameworks = ['--skipLibCheck', '--experimentalDecorators', '--rootDir', 'examples', '--outDir', compiled];
spawnSync(process.execPath, [compiler, ...options, ...forFrameworks, ...sources], {
  cwd: projectRoot,
  stdio: 'inherit',
});
const program = join(compiled, name, 'main.js');
if (!existsSync(program)) process.exit(1);

const { standInCentry } = await import('llavero/testing');
const provider = await standInCentry();
const url = 'http://127.0.0.1:3000';
const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PORT: '3000',
    PUBLIC_URL: url,
    CENTRY_URL: provider.settings.baseUrl,
    CENTRY_CLIENT_ID: provider.settings.clientId,
    CENTRY_CLIENT_SECRET: provider.settings.clientSecret,
    LLAVERO_DB: join(compiled, 'llavero.db'),
    LLAVERO_KEY: randomBytes(32).toString('base64'),
  },
});
console.log(`Centry is played at ${provider.url}. When it is ready, open ${url}/shops/acme/connect; Ctrl+C ends both.`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGTERM'));
child.once('exit', (code) => void provider.close().then(() => process.exit(code ?? 0)));
