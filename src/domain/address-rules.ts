/** Which addresses secrets may be sent to. */
export interface AddressRules {
  /** Admit `http://` to 127.0.0.1, ::1 and localhost, for tests. */
  readonly allowHttpOnLoopback: boolean;
}
