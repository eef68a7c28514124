export { ports, services } from '../app/container/identifiers.js';
export { llaveroModules } from '../app/container/llavero-modules.js';
export { portsModule, providersModule } from '../app/container/ports-module.js';
export { renewalModule } from '../app/container/renewal-module.js';
export { swapPorts, type PortAdapters } from '../app/container/swap-ports.js';
export { useCasesModule } from '../app/container/use-cases-module.js';
export type { LlaveroOptions } from '../app/llavero-options.js';
export type { UseCase, UseCaseError } from '../app/use-case-error.js';
export type { GetToken } from '../app/use-cases/get-token.js';
