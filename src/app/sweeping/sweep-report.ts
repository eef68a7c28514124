/** What one sweep did. */
export interface SweepReport {
  /** Accounts that were due when the sweep took them up: those renewed, failed and skipped. */
  readonly due: number;
  readonly renewed: number;
  /** Asked for without success, or impossible to open. */
  readonly failed: number;
  /** Left alone: renewed or being renewed by somebody else, settling, or of a client that the provider asked to wait. */
  readonly skipped: number;
  readonly durationMs: number;
}
