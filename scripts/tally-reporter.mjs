/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @param {string} title */
const asPattern = (title) => title.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/**
 * Ends a run of the tests with `N passed, N failed`, alone on a line, after a command for each test that failed which runs it
 * alone, and fails a run in which nothing passed.
 */
export class TallyReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {string[]} */
    const again = [];
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests.filter((one) => one.result().state === 'failed')) {
        again.push(`npx vitest run ${module.relativeModuleId} -t ${quoted(asPattern(test.name))}`);
      }
      const states = tests.map((test) => test.result().state);
      passed += states.filter((state) => state === 'passed').length;
      failed += states.filter((state) => state === 'failed').length;
      if (module.state() === 'failed' && !states.includes('failed')) failed += 1;
    }
    if (passed === 0) process.exitCode = 1;
    if (again.length > 0) console.log(`\nTo run what failed alone:\n${again.join('\n')}`);
    console.log(`\n${passed} passed, ${failed} failed`);
  }
}
