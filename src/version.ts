declare const KOSMO_VERSION: string;

/** The version in package.json, put in by the bundler. */
export const VERSION: string = KOSMO_VERSION;
