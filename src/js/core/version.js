// version.js: which version of the package this is. A module says the same of itself, and is taken where they agree.

/** That of package.json, and of src/exports/version.h. */
export const VERSION = '0.1.0';
