import type { ContainerModule } from 'inversify';
import type { LlaveroOptions } from '../llavero-options.js';
import { portsModule, providersModule } from './ports-module.js';
import { renewalModule } from './renewal-module.js';
import { authorizingModule } from './authorizing-module.js';
import { callingModule } from './calling-module.js';
import { useCasesModule } from './use-cases-module.js';

/** Everything a container needs to hand out a llavero: `container.load(...llaveroModules(options))`. */
export const llaveroModules = (options: LlaveroOptions): readonly ContainerModule[] => [
  portsModule(options),
  providersModule(options),
  renewalModule(),
  callingModule(options),
  authorizingModule(),
  useCasesModule(),
];
