const allowed = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/**
 * The namespace a store was asked for, `llavero` when it was not. Throws TypeError unless it is 1 to 128 characters
 * without control characters.
 */
export const storeNamespace = (namespace: string | undefined): string => {
  if (namespace === undefined) return 'llavero';
  if (typeof namespace !== 'string' || !allowed.test(namespace)) {
    throw new TypeError("the option `namespace` of a store must be 1 to 128 characters, such as namespace: 'billing'");
  }
  return namespace;
};
