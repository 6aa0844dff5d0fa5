export function findReservedNames(pages: readonly (string | undefined)[]): Promise<ReadonlyMap<string, string>>;
