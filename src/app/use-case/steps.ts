import { isLeft, right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';

/** A use case told step by step: `const account = yield* $(accounts.get(key))`. The first Left ends it. */
export const steps =
  <E, A>(body: () => Generator<TE.TaskEither<E, unknown>, A, unknown>): TE.TaskEither<E, A> =>
  async () => {
    const story = body();
    for (let step = story.next(); ; step = story.next()) {
      if (step.done === true) return right(step.value);
      const result = await step.value();
      if (isLeft(result)) return result;
    }
  };

/** Waits for a task inside {@link steps} and gives what is right of it. */
export function* $<E, A>(task: TE.TaskEither<E, A>): Generator<TE.TaskEither<E, unknown>, A, unknown> {
  const box: { given?: { readonly value: A } } = {};
  yield pipe(
    task,
    TE.map((value) => {
      box.given = { value };
    }),
  );
  if (box.given === undefined) throw new Error('$ works inside steps() only');
  return box.given.value;
}
