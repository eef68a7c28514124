/** The examples that run until they are told to stop, with their files; the last file is what is started. */
export const backends = {
  express: ['express/app.ts', 'express/main.ts'],
  fastify: ['fastify/plugin.ts', 'fastify/main.ts'],
  nestjs: [
    'nestjs/llavero-module.ts',
    'nestjs/shops-controller.ts',
    'nestjs/llavero-error-filter.ts',
    'nestjs/main.ts',
  ],
  worker: ['worker/import-all.ts', 'worker/main.ts'],
  commonjs: ['commonjs/llavero.cjs', 'commonjs/banners.cjs', 'commonjs/server.cjs'],
} as const;

/** What several of them share. */
export const sharedByBackends = ['browser-state.ts', 'http-answer.ts', 'our-llavero.ts'] as const;
