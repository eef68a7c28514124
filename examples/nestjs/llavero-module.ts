import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Llavero } from 'llavero';

/** What Nest injects a llavero under: `constructor(@Inject(LLAVERO) llavero: Llavero)`. */
export const LLAVERO = Symbol('llavero');

/**
 * Nest's container hands out the façade and nothing else: llavero wires itself in a container of its own, and its ports are
 * swapped by the `overrides` of `createLlavero`, not by Nest.
 */
@Module({})
export class LlaveroModule implements OnApplicationShutdown {
  readonly #llavero: Llavero;

  constructor(@Inject(LLAVERO) llavero: Llavero) {
    this.#llavero = llavero;
  }

  static forRoot(llavero: Llavero): DynamicModule {
    const provider = {
      provide: LLAVERO,
      useFactory: async () => {
        await llavero.ready(); // a wrong encryption key stops the start of the application
        llavero.start(); // renews what nobody asks for, before it dies
        return llavero;
      },
    };
    return { module: LlaveroModule, global: true, providers: [provider], exports: [provider] };
  }

  onApplicationShutdown(): Promise<void> {
    return this.#llavero.close();
  }
}
