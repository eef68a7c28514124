import type { Got } from 'got';
import { llaveroGot } from '../../../src/app/llavero-got.js';
import type { ProviderApi } from '../../../src/ports/provider.js';
import { apiScene, type ApiScene } from '../calling/api-scene.js';
import { centryKey, type ProcessOptions } from '../llavero-fixture.js';

/** A connected account whose API is a real server, and got on it. */
export interface GotScene extends ApiScene {
  readonly got: Got;
}

/** Connected at generation 1. */
export const gotScene = async (api: Partial<ProviderApi> = {}, options: ProcessOptions = {}): Promise<GotScene> => {
  const scene = await apiScene(api, options);
  return { ...scene, got: llaveroGot(scene.llavero, centryKey) };
};

/** What a promise is rejected with. */
export const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'it resolved',
    (error: unknown) => error,
  );
