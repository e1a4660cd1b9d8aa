export interface Place {
  name: string;
  kind: string;
  to: string;
}

/** The places that have each word of the query somewhere, those whose name begins with it first. */
export function found(places: Place[], query: string): Place[] {
  const parts = plain(query).split(/\s+/).filter(Boolean);
  if (parts.length === 0) return places;
  const rank = (place: Place) => (plain(place.name).startsWith(parts.join(" ")) ? 0 : 1);
  return places
    .filter((place) => {
      const text = plain(`${place.name} ${place.kind}`);
      return parts.every((part) => text.includes(part));
    })
    .sort((a, b) => rank(a) - rank(b));
}

/** Lower case, without accents. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
