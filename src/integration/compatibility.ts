/**
 * For programs that ask whether an integration can be set up and used here: each of this package can. One that needs a browser to log in
 * could not.
 */
export const COMPATIBILITY = {
  cli_setup_supported: true,
  cli_runtime_supported: true,
  compatibility_summary: 'CLI setup and runtime supported.',
} as const;
