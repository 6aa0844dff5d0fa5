export function generateManifest(
  folders: readonly string[],
  target: string,
): Promise<readonly { readonly id: string; readonly folder: string }[]>;
