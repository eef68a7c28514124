import type { ContainerModule } from 'inversify';
import type { LlaveroOptions } from '../llavero-options.js';
import { portsModule, providersModule } from './ports-module.js';
import { servicesModule } from './services-module.js';

/** Everything a container needs to hand out a llavero: `container.load(...llaveroModules(options))`. */
export const llaveroModules = (options: LlaveroOptions): readonly ContainerModule[] => [
  portsModule(options),
  providersModule(options),
  servicesModule(),
];
