import type { Llavero } from '../../src/app/llavero.js';
import type { Stage } from './stage.js';

/** Fails when a step that only leads to the matter does not succeed. */
export const mustEnd = async (expected: string, ending: Promise<string>): Promise<void> => {
  const end = await ending;
  if (end !== expected) throw new Error(`a step on the way ended with ${end}, not with ${expected}`);
};

/** A backend whose account holds a first token, had from the stand-in. */
export const connect = async (stage: Stage): Promise<Llavero> => {
  const llavero = stage.open();
  await mustEnd(
    'ok',
    stage.end(() => stage.vendor.obtain(llavero)),
  );
  // A key is renewed once a second at most.
  stage.ahead(1_000);
  return llavero;
};

/** What a person or a program would look at after something went wrong. */
export const lookAround = async (stage: Stage, llavero: Llavero): Promise<void> => {
  const { key } = stage.vendor;
  await stage.end(() => llavero.status(key));
  await stage.end(() => listed(llavero));
  stage.watch(llavero.peek(key));
  await stage.end(() => llavero.token(key));
};

/** All statuses at once. */
export const listed = async (llavero: Llavero, filter: { readonly provider?: string } = {}): Promise<object> => {
  const statuses: object[] = [];
  for await (const status of llavero.list(filter)) statuses.push(status);
  return statuses;
};

/** Starts an authorization; all but its state is searched, and from then on the state is a secret. */
export const authorize = async (
  stage: Stage,
  llavero: Llavero,
): Promise<{ readonly url: URL; readonly state: string }> => {
  const started = await llavero.authorize(stage.vendor.key, stage.vendor.authorizeOptions);
  stage.watch(started);
  stage.known('state', started.state);
  return started;
};
