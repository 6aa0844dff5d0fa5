declare const KOSMO_VERSION: string;
declare const KOSMO_FENGARI_VERSION: string;

/** The version in package.json, put in by the bundler. */
export const VERSION: string = KOSMO_VERSION;

/** The version of Fengari, which runs Lua 5.3, put in by the bundler. */
export const FENGARI_VERSION: string = KOSMO_FENGARI_VERSION;
