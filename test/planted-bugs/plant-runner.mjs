import { createVitest } from 'vitest/node';

/**
 * A vitest of its own on a planted copy, in a process of its own: it is told a test file, the title wanted and the source
 * that was changed, runs that file again, and tells which tests failed. Started by planted-tree.ts.
 */
const root = process.argv[2] ?? '.';

/** @typedef {{ readonly test: string, readonly pattern: string, readonly changed: string }} Asked */

const vitest = await createVitest('test', {
  root,
  watch: false,
  reporters: [{}],
  testTimeout: 8_000,
  maxWorkers: 1,
});
await vitest.standalone();

/** @param {Asked} asked */
const failures = async ({ test, pattern, changed }) => {
  vitest.invalidateFile(changed);
  vitest.setGlobalTestNamePattern(pattern);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    await vitest.globTestSpecifications([test]),
  );
  vitest.invalidateFile(changed);
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  const broken = testModules.flatMap((module) => module.errors().map(({ message }) => message));
  return {
    ran: tests.filter((one) => one.result().state !== 'skipped').length,
    failed: tests.filter((one) => one.result().state === 'failed').map(({ fullName }) => fullName),
    errors: [...broken, ...unhandledErrors.map((error) => JSON.stringify(error))],
  };
};

process.on('message', (/** @type {Asked} */ asked) => {
  failures(asked).then(
    (found) => process.send?.(found),
    (/** @type {unknown} */ error) => process.send?.({ ran: 0, failed: [], errors: [String(error)] }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
