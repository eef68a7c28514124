export { ports, services } from '../app/container/identifiers.js';
export { llaveroModules } from '../app/container/llavero-modules.js';
export { portsModule, providersModule } from '../app/container/ports-module.js';
export { servicesModule } from '../app/container/services-module.js';
export { swapPorts, type PortAdapters } from '../app/container/swap-ports.js';
export type { LlaveroOptions } from '../app/llavero-options.js';
export type { UseCase, UseCaseError } from '../app/use-case/use-case-error.js';
export type { GetToken } from '../app/renewal/get-token.js';
