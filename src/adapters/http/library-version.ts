/** The version of this package; a test holds it to `package.json`. */
export const libraryVersion = '0.1.0';
