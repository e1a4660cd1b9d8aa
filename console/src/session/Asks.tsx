/** The dialogues that a request may open: signing in again, and the second look. */
export function Asks() {
  return null;
}
