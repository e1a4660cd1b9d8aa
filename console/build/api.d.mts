export function typesOf(description: unknown): Promise<string>;
export const WRITTEN: URL;
export const DESCRIPTION: URL;
