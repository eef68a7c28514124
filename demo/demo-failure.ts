/** An end of the demo that is told in one sentence, without a stack. */
export class DemoFailure extends Error {
  /** What the process exits with: 1, something went wrong; 2, it was called wrongly. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
