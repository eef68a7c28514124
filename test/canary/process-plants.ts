import type { CanaryPath } from './canary-path.js';
import type { Stage } from './stage.js';

/** The secret of the planted leaks: the parent has to know it without being told. */
export const plantedSecret = 'Zk4-Qw9~Xb7_Lm2+Hd8-planted-in-a-process';

const plant = (spill: (stage: Stage) => unknown): CanaryPath => ({
  name: 'planted',
  vendor: 'citrusAd',
  ends: 'ok',
  play: async (stage) => {
    await spill(stage);
    const llavero = stage.open();
    return stage.end(() => stage.vendor.obtain(llavero));
  },
});

/** What careless code would do with a token in a process. */
export const processPlants: Readonly<Record<string, CanaryPath>> = {
  'a debug print to stderr': plant(() => process.stderr.write(`DEBUG got ${plantedSecret}\n`)),
  'a line on stdout in base64': plant(() =>
    process.stdout.write(`authorization: Basic ${Buffer.from(`id:${plantedSecret}`).toString('base64')}\n`),
  ),
  'a warning': plant(() => process.emitWarning(`the token ${plantedSecret.slice(0, 12)}… is about to expire`)),
  'a rejection that nobody handles': plant(() => {
    void Promise.reject(Object.assign(new Error('refused'), { body: plantedSecret }));
  }),
};
