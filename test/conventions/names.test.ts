import { describe, expect, it } from 'vitest';
import { findPhrase } from './find-phrase.js';
import { nameViolations } from './names.js';
import { sourceFilesIn } from './source-files.js';

const everything = ['src', 'test', 'scripts', 'examples', 'demo', 'bench'].flatMap(sourceFilesIn);

describe('a file', () => {
  it('is named in kebab case, after what is in it', () => {
    expect(nameViolations(everything)).toEqual([]);
  });

  it('has no default export', () => {
    const ours = everything.filter(({ path }) => !path.endsWith('.d.ts'));
    const found = ours.flatMap((file) => [
      ...findPhrase(file, 'export default'),
      ...findPhrase(file, 'as default }'),
      ...findPhrase(file, 'as default,'),
    ]);
    expect(found).toEqual([]);
  });
});

describe('nameViolations', () => {
  it.each([
    ['src/domain/refreshPolicy.ts', 'refreshPolicy is not in kebab case'],
    ['src/domain/Secret.ts', 'Secret is not in kebab case'],
    ['src/domain/http_date.ts', 'http_date is not in kebab case'],
    ['src/domain/a.b.ts', 'a.b is not in kebab case'],
    ['src/useCases/a.ts', 'useCases is not in kebab case'],
    ['src/domain/utils.ts', 'utils does not say what is in it'],
    ['test/helpers/a.ts', 'helpers does not say what is in it'],
    ['src/common/a.ts', 'common does not say what is in it'],
    ['src/domain/types.ts', 'types does not say what is in it'],
    ['src/domain/types.d.ts', 'types does not say what is in it'],
    ['src/domain/index.ts', 'index does not say what is in it'],
    ['scripts/index.mjs', 'index does not say what is in it'],
  ])('objects to %s', (path, objection) => {
    expect(nameViolations([{ path, text: '' }])).toEqual([`${path}: ${objection}`]);
  });

  it.each([
    'src/domain/refresh-policy.ts',
    'test/domain/token.test.ts',
    'test/stores/race.long.test.ts',
    'demo/demo.mjs',
  ])('has nothing against %s', (path) => {
    expect(nameViolations([{ path, text: '' }])).toEqual([]);
  });
});
