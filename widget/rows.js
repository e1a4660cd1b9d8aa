// @ts-check
// What the rows of a conversation look like. Nothing here reads HTML: texts stay texts.

/**
 * An element with properties, attributes (those with a dash or of SVG) and children. Texts stay texts: nothing here
 * reads HTML.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name @param {Record<string, unknown>} [with_] @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function make(name, with_ = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(with_)) {
    if (key.includes("-") || key === "role") element.setAttribute(key, String(value));
    else /** @type {any} */ (element)[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** @param {string} path */
function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  again: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
  send: "M12 19V5M6 11l6-6 6 6",
};

/** @param {string | undefined} text The address, when it is one of the web. */
function web(text) {
  try {
    const url = new URL(text ?? "");
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** @param {string} url @param {string | Node} shown @param {string} [look] */
function link(url, shown, look = "") {
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer", className: look }, shown);
}

/** @param {string} text Its addresses become links. */
function linked(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'»”]/g)) {
    const url = web(found[0]);
    if (!url) continue;
    parts.push(text.slice(at, found.index), link(url, found[0]));
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}

/** @param {Row} row @param {Words} words What stands in the bubble of a row. */
function content(row, words) {
  const url = web(row.url);
  switch (row.kind) {
    case "secret":
      return [make("span", { role: "img", "aria-label": words.secret }, "•••")];
    case "card": {
      const image = web(row.image);
      const picture = image && make("img", { src: image, alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
      if (picture) picture.onerror = () => picture.remove();
      return [picture, make("strong", {}, row.title ?? ""), ...(row.text ? linked(row.text) : [])];
    }
    case "media":
      return [url ? media(row, url, words) : words.document, row.caption ? `\n${row.caption}` : null];
    case "location": {
      const [north, east] = [Number(row.latitude), Number(row.longitude)];
      const map = `https://www.openstreetmap.org/?mlat=${north}&mlon=${east}#map=16/${north}/${east}`;
      const place = row.name ? `${row.name}\n` : "";
      return [place, Number.isFinite(north + east) ? link(map, words.map) : `${row.latitude}, ${row.longitude}`];
    }
    case "link":
      return [...linked(row.text ?? ""), "\n", url ? link(url, row.label ?? url, "button") : `${row.label}: ${row.url}`];
    default:
      return linked(row.text ?? "");
  }
}

/** @param {Row} row @param {string} url @param {Words} words */
function media(row, url, words) {
  const kind = /** @type {"image" | "audio" | "video" | "document"} */ (row.media);
  const name = row.caption || words[kind] || words.document;
  if (kind === "audio" || kind === "video") {
    return make(kind, { src: url, controls: true, preload: "none", "aria-label": name });
  }
  if (kind !== "image") return link(url, words.document);
  const picture = make("img", { src: url, alt: name, loading: "lazy", referrerPolicy: "no-referrer" });
  // A page may forbid pictures of others.
  picture.onerror = () => picture.replaceWith(words.image);
  return link(url, picture);
}
