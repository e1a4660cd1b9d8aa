// @ts-check
// The element <countersign-chat>, and the one line that puts it into a page.

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
const HOME = script?.src ? new URL("./", script.src).href : new URL("/", location.href).href;

/** Dark words on a light colour, light ones on a dark colour. @param {string} color `rgb(…)` @returns {string} */
function readableOn(color) {
  const parts = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => Number(part) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#fff" : "#000";
}

/**
 * @typedef {{ title?: string, color?: string, position?: string, language?: string, longest?: number }} Look
 * @typedef {ReturnType<CountersignChat["build"]>} Ui
 */

/** The element. */
class CountersignChat extends HTMLElement {
  static observedAttributes = ["heading", "color", "position", "language"];

  #root = this.attachShadow({ mode: "open" });
  /** @type {Words} */
  #words = WORDS.en;
  /** @type {Wire | null} */
  #wire = null;
  /** @type {Memory | null} */
  #memory = null;
  /** @type {Look} */
  #look = {};
  /** What was said and is not yet in the transcript, by id. @type {Map<string, { text: string, node: HTMLElement }>} */
  #waiting = new Map();
  #unread = 0;
  #live = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #dotsTimer;
  /** @type {Ui | null} */
  #ui = null;

  connectedCallback() {
    if (this.#ui) return this.#wire?.start();
    const channel = this.getAttribute("channel");
    if (!channel) return console.error("countersign-chat: the attribute `channel` is missing");
    this.#style();
    const server = this.getAttribute("server") ?? HOME;
    const address = new URL(`chat/${encodeURIComponent(channel)}`, server.endsWith("/") ? server : `${server}/`).href;
    this.#memory = new Memory(`countersign:${address}`);
    // The looks are nice to have: without them the chat works all the same.
    fetch(`${address}/look`, { credentials: "omit" })
      .then((response) => (response.ok ? response.json() : {}))
      .catch(() => ({}))
      .then((look) => this.#begin(address, look));
  }

  disconnectedCallback() {
    this.#wire?.stop();
  }

  attributeChangedCallback() {
    this.#paint();
  }

  /** Opens the chat. */
  open() {
    const ui = this.#ui;
    if (!ui || !ui.panel.hidden) return;
    ui.panel.hidden = false;
    ui.panel.setAttribute("aria-modal", String(this.#fullScreen()));
    ui.launcher.setAttribute("aria-expanded", "true");
    this.#wire?.start();
    this.#seen();
    this.#toEnd();
    this.#focus();
    this.dispatchEvent(new CustomEvent("countersign-open"));
  }

  /** Closes the chat; the conversation stays. */
  close() {
    const ui = this.#ui;
    if (!ui || ui.panel.hidden) return;
    ui.panel.hidden = true;
    ui.launcher.setAttribute("aria-expanded", "false");
    this.#seen();
    ui.launcher.focus();
    this.dispatchEvent(new CustomEvent("countersign-close"));
  }

  /** Says something as if the user had typed it. @param {string} text */
  send(text) {
    const said = text.trim();
    if (!said || !this.#wire) return;
    this.#say({ t: "text", cid: "", text: said }, said);
  }

  /** @param {string} address @param {Look} look */
  #begin(address, look) {
    this.#look = look;
    const memory = /** @type {Memory} */ (this.#memory);
    const wanted = this.getAttribute("language") ?? look.language ?? (document.documentElement.lang || navigator.language);
    const language = wanted.toLowerCase().split("-")[0] ?? "";
    const known = /** @type {keyof typeof WORDS} */ (language in WORDS ? language : "en");
    this.#words = WORDS[known];
    this.#wire = new Wire(address, memory, wanted, {
      row: (row) => this.#row(row),
      typing: (on) => this.#typing(on),
      state: (state) => this.#state(state),
      live: () => this.#caughtUp(),
      accepted: () => {},
      failed: (cid) => this.#failed(cid),
      reset: () => this.#reset(),
    });
    this.#ui = this.build(known);
    this.#paint();
    for (const message of memory.unsent) this.#bubble(message.cid, message.text ?? "…");
    if (memory.kept.token) this.#wire.start();
    if (this.hasAttribute("open")) this.open();
  }

  /** @param {string} language */
  build(language) {
    const words = this.#words;
    const badge = make("span", { className: "badge", "aria-hidden": "true", hidden: true });
    const launcher = make("button", { className: "launcher", type: "button", "aria-haspopup": "dialog",
      "aria-expanded": "false", "aria-controls": "panel", "aria-label": words.open }, icon(ICONS.chat), badge);
    launcher.onclick = () => (panel.hidden ? this.open() : this.close());
    const heading = make("h2", { id: "heading" });
    const again = make("button", { type: "button", "aria-label": words.again, title: words.again }, icon(ICONS.again));
    const close = make("button", { type: "button", "aria-label": words.close, title: words.close }, icon(ICONS.close));
    close.onclick = () => this.close();
    const dots = make("div", { className: "dots", "aria-hidden": "true", hidden: true },
      make("i"), make("i"), make("i"));
    const log = make("div", { className: "log", role: "log", "aria-live": "off", "aria-label": words.messages,
      tabIndex: 0 }, dots);
    const status = make("div", { className: "status", role: "status" });
    const yes = make("button", { type: "button" }, words.again);
    const no = make("button", { type: "button" }, words.cancel);
    const ask = make("div", { className: "ask", role: "alertdialog", "aria-labelledby": "sure", hidden: true },
      make("p", { id: "sure" }, words.sure), make("div", { className: "offers" }, yes, no));
    again.onclick = () => {
      ask.hidden = false;
      no.focus();
    };
    no.onclick = () => {
      ask.hidden = true;
      again.focus();
    };
    yes.onclick = () => {
      ask.hidden = true;
      this.#startOver();
    };
    const input = make("textarea", { rows: 1, placeholder: words.write, "aria-label": words.write,
      autocomplete: "off", enterKeyHint: "send" });
    const send = make("button", { className: "send", "aria-label": words.send, title: words.send, disabled: true },
      icon(ICONS.send));
    const form = make("form", { noValidate: true }, input, send);
    input.oninput = () => (send.disabled = !input.value.trim());
    input.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    const panel = make("div", { id: "panel", className: "panel", role: "dialog", "aria-labelledby": "heading",
      lang: language, hidden: true }, make("header", {}, heading, again, close), log, status, ask, form);
    panel.onkeydown = (event) => this.#key(event);
    this.#root.append(panel, launcher);
    return { launcher, badge, panel, heading, log, dots, status, ask, again, input, send };
  }

  /** Constructed style sheets pass every content security policy; where there are none, the page gives a nonce. */
  #style() {
    if ("adoptedStyleSheets" in this.#root && "replaceSync" in CSSStyleSheet.prototype) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
    } else {
      const nonce = this.nonce || this.getAttribute("nonce") || "";
      /** @type {ShadowRoot} */ (this.#root).append(make("style", { nonce, textContent: STYLE }));
    }
  }

  #paint() {
    if (!this.#ui) return;
    const look = this.#look;
    this.#ui.heading.textContent = this.getAttribute("heading") ?? look.title ?? "Chat";
    if (!this.hasAttribute("position")) this.setAttribute("position", look.position === "left" ? "left" : "right");
    const color = this.getAttribute("color") ?? look.color;
    if (color && CSS.supports("color", color)) this.style.setProperty("--_color", color);
    this.style.setProperty("--_on", readableOn(getComputedStyle(this.#ui.launcher).backgroundColor));
  }

  #submit() {
    const { input, send, status } = /** @type {Ui} */ (this.#ui);
    const text = input.value.trim();
    if (!text) return;
    if (new TextEncoder().encode(text).length > (this.#look.longest ?? 4096)) {
      status.textContent = this.#words.long;
      return;
    }
    if (status.textContent === this.#words.long) status.textContent = "";
    input.value = "";
    send.disabled = true;
    this.send(text);
    input.focus();
  }

  /** @param {Message} message @param {string} shown */
  #say(message, shown) {
    const cid = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#bubble(cid, shown);
    this.#spent();
    this.#wire?.start();
    this.#wire?.send({ ...message, cid, language: this.#wire.language });
  }

  /** Shows what is on its way. @param {string} cid @param {string} text */
  #bubble(cid, text) {
    const node = this.#line("user waiting", text);
    this.#waiting.set(cid, { text, node });
    this.#toEnd();
  }

  /** @param {string} look @param {...(Node | string | null)} inside */
  #line(look, ...inside) {
    const ui = /** @type {Ui} */ (this.#ui);
    const who = look.startsWith("user") ? this.#words.you : this.#words.bot;
    const node = make("div", { className: `row ${look}` }, make("span", { className: "vh" }, `${who}: `),
      make("div", { className: "bubble", dir: "auto" }, ...inside));
    ui.log.insertBefore(node, ui.dots);
    return node;
  }

  /** @param {Row} row */
  #row(row) {
    const ui = /** @type {Ui} */ (this.#ui);
    const atEnd = ui.log.scrollHeight - ui.log.scrollTop - ui.log.clientHeight < 80;
    const words = this.#words;
    const note = { end: words.ended, handover: words.handover, handed_back: words.back }[row.kind];
    if (note) {
      ui.log.insertBefore(make("div", { className: "note" }, note), ui.dots);
    } else {
      if (row.from === "user") this.#arrived(row);
      const node = this.#line(row.from, ...content(row, this.#words));
      // What is not yet in the transcript stays below what is.
      for (const { node: waiting } of this.#waiting.values()) ui.log.insertBefore(waiting, ui.dots);
      if (row.choices?.length) node.append(this.#offers(row, row.choices));
    }
    if (row.from === "bot" && row.seq >= (this.#memory?.kept.seen ?? 0)) this.#unread += 1;
    if (!ui.panel.hidden && document.visibilityState !== "hidden") this.#seen();
    else this.#badge();
    if (atEnd || row.from === "user") this.#toEnd();
    this.dispatchEvent(new CustomEvent("countersign-message", { detail: { from: row.from, kind: row.kind } }));
  }

  /** @param {Row} row @param {Offer[]} choices */
  #offers(row, choices) {
    const look = choices.length > 3 ? "offers list" : "offers";
    const group = make("div", { className: look, role: "group", "aria-label": row.text ?? row.title ?? "" });
    for (const { label, payload } of choices) {
      const button = make("button", { type: "button", dir: "auto" }, label);
      button.onclick = () => {
        this.#say({ t: "choice", cid: "", of: row.seq, payload, text: label }, label);
        this.#focus();
      };
      group.append(button);
    }
    return group;
  }

  /** What could be chosen until now can no longer be. */
  #spent() {
    for (const button of this.#root.querySelectorAll(".log .offers button")) {
      /** @type {HTMLButtonElement} */ (button).disabled = true;
    }
  }

  /** Something that was on its way is in the transcript. @param {Row} row */
  #arrived(row) {
    this.#spent();
    for (const [cid, { text, node }] of this.#waiting) {
      if (row.kind !== "secret" && text !== row.text) continue;
      node.remove();
      this.#waiting.delete(cid);
      return;
    }
  }

  /** @param {string} cid */
  #failed(cid) {
    const waiting = this.#waiting.get(cid);
    this.#waiting.delete(cid);
    waiting?.node.append(make("span", { className: "bad" }, this.#words.failed));
  }

  /** From now on what comes is news, and is read out. */
  #caughtUp() {
    if (this.#live) return;
    this.#live = true;
    this.#toEnd();
    requestAnimationFrame(() => this.#ui?.log.setAttribute("aria-live", "polite"));
  }

  /** @param {boolean} on */
  #typing(on) {
    clearTimeout(this.#dotsTimer);
    const dots = this.#ui?.dots;
    if (!dots) return;
    // An answer that comes at once needs no sign.
    if (on) this.#dotsTimer = setTimeout(() => { dots.hidden = false; this.#toEnd(); }, 300);
    else dots.hidden = true;
  }

  /** @param {State} state */
  #state(state) {
    if (!this.#ui) return;
    this.setAttribute("state", state);
    this.#ui.status.textContent = state === "online" ? "" : this.#words[state];
    this.#ui.input.disabled = state === "closed";
    this.#ui.again.hidden = state === "closed";
  }

  #startOver() {
    this.#wire?.restart();
    this.#focus();
  }

  #reset() {
    const ui = this.#ui;
    if (!ui) return;
    this.#waiting.clear();
    this.#live = false;
    ui.log.setAttribute("aria-live", "off");
    ui.log.replaceChildren(ui.dots);
    this.#unread = 0;
    this.#badge();
  }

  /** The user has seen everything. */
  #seen() {
    this.#unread = 0;
    if (this.#wire) this.#memory?.keep({ seen: this.#wire.next });
    this.#badge();
  }

  #badge() {
    if (!this.#ui) return;
    const { badge, launcher, panel } = this.#ui;
    badge.hidden = this.#unread === 0;
    badge.textContent = this.#unread > 99 ? "99+" : String(this.#unread);
    const news = this.#unread > 0 ? `, ${this.#words.unread.replace("{n}", String(this.#unread))}` : "";
    launcher.setAttribute("aria-label", panel.hidden ? this.#words.open + news : this.#words.close);
  }

  #toEnd() {
    const log = this.#ui?.log;
    if (log) log.scrollTop = log.scrollHeight;
  }

  /** On a phone the keyboard would hide half of the conversation. */
  #focus() {
    const touch = matchMedia("(pointer: coarse)").matches;
    (touch ? this.#ui?.log : this.#ui?.input)?.focus();
  }

  #fullScreen() {
    return matchMedia("(max-width: 480px), (max-height: 400px)").matches;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const ui = /** @type {Ui} */ (this.#ui);
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      if (ui.ask.hidden) return this.close();
      ui.ask.hidden = true;
      return ui.again.focus();
    }
    if (event.key !== "Tab" || !this.#fullScreen()) return;
    // What lies behind cannot be seen, so the focus does not go there.
    const stops = [...ui.panel.querySelectorAll("button, a, textarea, [tabindex], audio, video")].filter(
      (stop) => !(/** @type {HTMLButtonElement} */ (stop).disabled) && stop.checkVisibility(),
    );
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const leaving = event.shiftKey ? first : last;
    if (this.#root.activeElement !== leaving) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (event.shiftKey ? last : first).focus();
  }
}

if (!customElements.get("countersign-chat")) customElements.define("countersign-chat", CountersignChat);

// The one line: everything that the page says with `data-…` becomes an attribute.
if (script?.dataset.channel) {
  const chat = document.createElement("countersign-chat");
  for (const [name, value] of Object.entries(script.dataset)) chat.setAttribute(name, value ?? "");
  if (script.nonce) chat.setAttribute("nonce", script.nonce);
  const show = () => document.body.append(chat);
  if (document.body) show();
  else document.addEventListener("DOMContentLoaded", show);
}
