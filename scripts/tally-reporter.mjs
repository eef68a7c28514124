/** Ends a run of the tests with `N passed, N failed`, alone on a line, and fails a run in which nothing passed. */
export class TallyReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      passed += states.filter((state) => state === 'passed').length;
      failed += states.filter((state) => state === 'failed').length;
      if (module.state() === 'failed' && !states.includes('failed')) failed += 1;
    }
    if (passed === 0) process.exitCode = 1;
    console.log(`\n${passed} passed, ${failed} failed`);
  }
}
