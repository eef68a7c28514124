import 'reflect-metadata';
import { Container, ContainerModule } from 'inversify';
import { services } from './container/identifiers.js';
import { llaveroModules } from './container/llavero-modules.js';
import type { Llavero } from './llavero.js';
import type { LlaveroOptions } from './llavero-options.js';

/** What a backend decides: its providers, its store, its encryption keys, and any port it swaps. */
export interface CreateLlaveroOptions extends LlaveroOptions {
  /** Modules that rebind ports or services of `llavero/container`; loaded last, so they win. */
  readonly overrides?: readonly ContainerModule[] | undefined;
}

/**
 * A llavero of its own container. Opens nothing and sends nothing yet: the first call, or `ready()`, does.
 * Throws `TypeError` with the fix in its message when an option cannot work.
 */
export const createLlavero = (options: CreateLlaveroOptions): Llavero => {
  const { overrides = [] } = options ?? {};
  if (!Array.isArray(overrides) || !overrides.every((module) => module instanceof ContainerModule)) {
    throw new TypeError(
      'createLlavero({ overrides }): pass a list of container modules, for example [swapPorts({ clock })]',
    );
  }
  const container = new Container({ defaultScope: 'Singleton', jitless: true });
  container.load(...llaveroModules(options), ...overrides);
  return container.get(services.llavero);
};
