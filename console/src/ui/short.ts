/** A fingerprint by its first characters; anything else as it is. */
export function short(version = ""): string {
  return /^[0-9a-f]{16,}$/.test(version) ? version.slice(0, 8) : version;
}
