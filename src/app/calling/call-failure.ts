/** A call to an API that brought no answer. The façade throws it as `fetch` would. */
export type CallFailure =
  /** `code` is a short name such as `ECONNREFUSED`; what the implementation threw goes no further. */
  | { readonly _tag: 'FetchFailed'; readonly code: string }
  /** The caller's own signal, with its own reason. */
  | { readonly _tag: 'AbortedBySignal'; readonly reason: unknown };

/** The caller's signal, which has aborted. */
export const abortedBy = ({ reason }: { readonly reason: unknown }): CallFailure => ({
  _tag: 'AbortedBySignal',
  reason,
});

/** A short name for whatever an implementation of `fetch` threw; nothing else of it is looked at. */
export const codeOfThrown = (thrown: unknown): string => {
  const codes = [own(own(thrown, 'cause'), 'code'), own(thrown, 'code'), own(thrown, 'name')];
  return (
    codes
      .find(
        (code) =>
          typeof code === 'string' &&
          /^(?:(?:E|UND_|ERR_|CERT_|DEPTH_|SELF_|UNABLE_|HPE_)[A-Z0-9_]{2,40}|[A-Z][a-z]{2,20}Error)$/.test(code),
      )
      ?.toString() ?? 'unknown'
  );
};

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
