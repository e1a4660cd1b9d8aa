/** Ctrl K: everything that can be gone to. */
export function Palette(_: { workspace: string; bot?: string; onClose: () => void }) {
  return null;
}
