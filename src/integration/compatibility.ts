/**
 * Tells programs whether an integration can be set up and used from the command line. All integrations of this package can; one with a
 * login in the browser could not.
 */
export const COMPATIBILITY = {
  cli_setup_supported: true,
  cli_runtime_supported: true,
  compatibility_summary: 'CLI setup and runtime supported.',
} as const;
