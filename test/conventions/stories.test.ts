import { describe, expect, it } from 'vitest';
import { sourceFilesIn } from './source-files.js';
import { importsBackUp, stories } from './stories.js';

describe('the stories of src/app', () => {
  it('import nothing that stands on them', () => {
    expect(importsBackUp(sourceFilesIn('src/app'))).toEqual([]);
  });

  it('are folders that are there', () => {
    const paths = sourceFilesIn('src/app').map(({ path }) => path);
    const isThere = (story: string): boolean =>
      paths.some((path) => path.startsWith(`src/app/${story === '.' ? '' : story}`));
    expect(stories.filter((story) => !isThere(story))).toEqual([]);
  });
});

describe('importsBackUp', () => {
  it.each([
    ['src/app/accounts/a.ts', '../renewal/b.js'],
    ['src/app/renewal/a.ts', '../llavero.js'],
    ['src/app/llavero.ts', './container/b.js'],
    ['src/app/container/a.ts', '../create-llavero.js'],
  ])('objects when %s imports %s', (path, specifier) => {
    expect(importsBackUp([{ path, text: `import type { x } from '${specifier}';` }])).toEqual([
      `${path}:1 imports ${specifier}, which stands on it`,
    ]);
  });

  it.each([
    ['src/app/renewal/a.ts', '../accounts/b.js'],
    ['src/app/renewal/a.ts', './b.js'],
    ['src/app/create-llavero.ts', './container/b.js'],
    ['src/app/accounts/a.ts', '../../domain/b.js'],
  ])('lets %s import %s', (path, specifier) => {
    expect(importsBackUp([{ path, text: `import type { x } from '${specifier}';` }])).toEqual([]);
  });

  it('objects to a folder that is no story', () => {
    expect(importsBackUp([{ path: 'src/app/helpers/a.ts', text: '' }])).toEqual([
      'src/app/helpers/a.ts is in no story',
    ]);
  });
});
