// @ts-check
// The way to the server: docs/channels/web.md says what goes over it.

/**
 * @typedef {{ label: string, payload: string }} Offer
 * @typedef {{ t: "row", seq: number, at: string, from: "bot" | "user", kind: string, text?: string, title?: string,
 *   image?: string, media?: string, url?: string, caption?: string, label?: string, latitude?: string,
 *   longitude?: string, name?: string, choices?: Offer[] }} Row
 * @typedef {{ t: string, cid?: string, seq?: number, from?: number, next?: number, on?: boolean, code?: string,
 *   problem?: string, retry_after?: number, steps?: string[] }} Frame
 * @typedef {{ t: string, cid: string, text?: string, of?: number, payload?: string, language?: string }} Message
 * @typedef {"connecting" | "online" | "offline" | "closed"} State
 * @typedef {typeof WORDS.en} Words
 */

// How the connection is kept.
const PROTOCOL = "countersign.v1";
const READY = 8000;
const QUIET = 30000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30000;
const POLLS_FOR = 300000;

/** What a browser keeps of a chat, if it lets. */
class Memory {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    /** @type {{ token?: string, seen?: number }} */
    this.kept = this.#read(() => localStorage) ?? {};
    /** @type {Message[]} */
    this.unsent = this.#read(() => sessionStorage) ?? [];
  }

  /** @param {{ token?: string, seen?: number }} change */
  keep(change) {
    Object.assign(this.kept, change);
    this.#write(() => localStorage, this.kept);
  }

  /** @param {Message[]} messages */
  keepUnsent(messages) {
    this.unsent = messages;
    this.#write(() => sessionStorage, messages);
  }

  /** @param {() => Storage} where */
  #read(where) {
    try {
      return JSON.parse(where().getItem(this.name) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {() => Storage} where @param {unknown} value */
  #write(where, value) {
    try {
      where().setItem(this.name, JSON.stringify(value));
    } catch {
      // Without storage the chat lasts as long as the page.
    }
  }
}

/** A refusal of the server. */
class Refused extends Error {
  /** @param {Frame} frame */
  constructor(frame) {
    super(frame.problem);
    this.frame = frame;
  }
}

/** The way to the server: keeps a connection, asks for what is missing, sends what was not accepted. */
class Wire {
  /**
   * @param {string} address @param {Memory} memory @param {string} language
   * @param {{ row: (row: Row) => void, typing: (on: boolean) => void, state: (state: State) => void,
   *   live: () => void, accepted: (cid: string) => void, failed: (cid: string) => void, reset: () => void }} tell
   */
  constructor(address, memory, language, tell) {
    this.address = address;
    this.memory = memory;
    this.language = language;
    this.tell = tell;
    /** The index of the first row that is missing. */
    this.next = 0;
    this.typing = false;
    this.running = false;
    this.ready = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {AbortController | null} */
    this.polling = null;
    /** Goes up when a connection is given up; what belongs to an earlier one is not listened to. */
    this.round = 0;
    this.failures = 0;
    this.socketFailures = 0;
    this.pollsUntil = 0;
    /** @type {Set<string>} */
    this.onTheWay = new Set();
    /** @type {Map<string, ReturnType<typeof setTimeout>>} */
    this.timers = new Map();
    this.wake = () => {
      if (this.running && !this.ready && document.visibilityState !== "hidden") this.#connect();
    };
  }

  start() {
    if (this.running) return;
    this.running = true;
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.#connect();
  }

  stop() {
    this.running = false;
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.#hangUp();
  }

  /** @param {Message} message */
  send(message) {
    this.memory.keepUnsent([...this.memory.unsent, message]);
    if (this.ready) this.#sendAll();
  }

  /** Another session. The one before cannot be found again. */
  restart() {
    this.memory.keep({ token: undefined, seen: 0 });
    this.memory.keepUnsent([]);
    this.next = 0;
    this.#setTyping(false);
    this.tell.reset();
    if (this.running) this.#connect();
  }

  #hangUp() {
    this.round += 1;
    this.ready = false;
    this.onTheWay.clear();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.socket?.close();
    this.socket = null;
    this.polling?.abort();
    this.polling = null;
  }

  /** @param {string} name @param {number} wait @param {() => void} then */
  #later(name, wait, then) {
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(then, wait));
  }

  async #connect() {
    this.#hangUp();
    const round = this.round;
    this.tell.state(this.failures > 0 ? "offline" : "connecting");
    try {
      const token = this.memory.kept.token ?? (await this.#open(round));
      if (round !== this.round || !token) return;
      if (typeof WebSocket === "function" && Date.now() >= this.pollsUntil) this.#talk(token, round);
      else await this.#poll(token, round);
    } catch (error) {
      if (round === this.round) this.#lost(error);
    }
  }

  /** @param {number} round */
  async #open(round) {
    const opened = await this.#ask("session", { method: "POST" });
    if (round !== this.round) return undefined;
    this.memory.keep({ token: opened.token, seen: 0 });
    return /** @type {string} */ (opened.token);
  }

  /** @param {string} token @param {number} round */
  #talk(token, round) {
    const socket = new WebSocket(this.address.replace(/^http/, "ws"), [PROTOCOL]);
    this.socket = socket;
    const ours = () => round === this.round;
    socket.onopen = () => {
      const hello = { t: "hello", v: 1, token, since: this.next, language: this.language };
      if (ours()) socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (event) => {
      if (!ours()) return;
      this.#later("quiet", QUIET, () => {
        socket.send('{"t":"ping"}');
        this.#later("quiet", READY, () => ours() && this.#lost());
      });
      this.#hear(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (!ours()) return;
      if (!this.ready && (this.socketFailures += 1) >= 2) this.pollsUntil = Date.now() + POLLS_FOR;
      this.#lost();
    };
    this.#later("ready", READY, () => ours() && !this.ready && socket.onclose?.call(socket, new CloseEvent("close")));
  }

  /** @param {string} token @param {number} round */
  async #poll(token, round) {
    const polling = new AbortController();
    this.polling = polling;
    const headers = { authorization: `Bearer ${token}` };
    const hello = { t: "hello", v: 1, since: this.next, language: this.language };
    this.#hear(await this.#ask("poll", { method: "POST", headers, body: JSON.stringify(hello) }));
    while (round === this.round && Date.now() < this.pollsUntil) {
      const query = `poll?since=${this.next}&typing=${this.typing}`;
      const news = await this.#ask(query, { headers, signal: polling.signal });
      if (round !== this.round) return;
      for (const frame of news.frames) this.#hear(frame);
    }
    // Perhaps there is another way now.
    if (round === this.round) this.#connect();
  }

  /** @param {string} path @param {RequestInit} request @returns {Promise<any>} */
  async #ask(path, request) {
    const response = await fetch(`${this.address}/${path}`, { ...request, credentials: "omit", cache: "no-store" });
    const body = await response.json().catch(() => null);
    if (!response.ok || !body) throw body?.t === "error" ? new Refused(body) : new Error(String(response.status));
    return body;
  }

  /** @param {Frame} frame */
  #hear(frame) {
    switch (frame.t) {
      case "ready":
        this.ready = true;
        this.failures = 0;
        this.socketFailures = 0;
        this.next = frame.from ?? this.next;
        this.tell.state("online");
        this.#sendAll();
        break;
      case "row":
        if ((frame.seq ?? 0) < this.next) break;
        this.next = (frame.seq ?? 0) + 1;
        this.tell.row(/** @type {Row} */ (/** @type {unknown} */ (frame)));
        break;
      case "live":
        this.tell.live();
        break;
      case "typing":
        this.#setTyping(frame.on === true);
        break;
      case "accepted":
        this.#done(frame.cid ?? "");
        this.tell.accepted(frame.cid ?? "");
        break;
      case "error":
        this.#refused(frame);
    }
  }

  /** @param {Frame} frame */
  #refused(frame) {
    const wait = (frame.retry_after ?? 0) * 1000;
    const code = frame.code ?? "";
    if (code === "expired" || code === "bad_token") {
      const unsent = this.memory.unsent;
      this.restart();
      this.memory.keepUnsent(unsent.filter((message) => message.t === "text"));
    } else if (["bot_logs_in", "no_such_channel", "origin", "version"].includes(code)) {
      console.error(`countersign-chat: ${frame.problem}`);
      this.stop();
      this.tell.state("closed");
    } else if (frame.cid && !wait) {
      this.#done(frame.cid);
      this.tell.failed(frame.cid);
    } else if (frame.cid) {
      this.onTheWay.delete(frame.cid);
      this.#later("again", wait, () => this.#sendAll());
    } else if (wait) {
      this.#lost(undefined, wait);
    }
  }

  /** @param {unknown} [error] @param {number} [least] */
  #lost(error, least = 0) {
    if (error instanceof Refused) return this.#refused(error.frame);
    this.#hangUp();
    if (!this.running) return;
    this.failures += 1;
    this.tell.state("offline");
    const wait = Math.min(FIRST_WAIT * 2 ** (this.failures - 1), LONGEST_WAIT);
    this.#later("connect", Math.max(least, wait * (0.5 + Math.random() / 2)), () => this.#connect());
  }

  /** In order: over plain HTTP one after the other. */
  #sendAll() {
    const { socket, round } = this;
    for (const message of this.memory.unsent) {
      if (this.onTheWay.has(message.cid)) continue;
      if (!socket && this.onTheWay.size > 0) return;
      this.onTheWay.add(message.cid);
      if (socket) {
        socket.send(JSON.stringify(message));
        continue;
      }
      const headers = { authorization: `Bearer ${this.memory.kept.token}` };
      this.#ask("poll", { method: "POST", headers, body: JSON.stringify(message) })
        .then((frame) => round === this.round && this.#hear(frame))
        .catch((error) => round === this.round && this.#lost(error))
        .finally(() => round === this.round && this.ready && this.#sendAll());
    }
  }

  /** @param {string} cid */
  #done(cid) {
    this.onTheWay.delete(cid);
    this.memory.keepUnsent(this.memory.unsent.filter((message) => message.cid !== cid));
  }

  /** @param {boolean} on */
  #setTyping(on) {
    if (this.typing === on) return;
    this.typing = on;
    this.tell.typing(on);
  }
}
