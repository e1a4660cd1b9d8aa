// Looks for secrets in all that the server answers, in all addresses, and in what the browser keeps.

/** What looks like a secret of ours or of the demo bank, whatever its value. */
const SHAPES = [/\bsck_live_[a-z2-7]+_[a-z2-7]{20,}/, /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/, /\$argon2id\$/];
/** What a customer types in the tests and nobody may see again. The demo's own bot file names it in a comment. */
const TYPED = /wonderland(?! or bob)/;

export class Scan {
  found = [];
  pending = [];
  looking = true;
  secrets;

  constructor(secrets) {
    this.secrets = secrets;
  }

  /** Something that has to stay secret from now on. */
  add(secret) {
    this.secrets.push(secret);
  }

  watch(context) {
    context.on("request", (request) => this.look(request.url(), `the address ${shortened(request.url())}`));
    context.on("response", (response) => {
      const url = new URL(response.url());
      // The program's own files hold words for people, such as the made-up password of the demo.
      if (url.pathname.startsWith("/console/")) return;
      this.look(JSON.stringify(withoutCookie(response.headers())), `the header of ${url.pathname}`);
      if (response.headers()["content-type"]?.startsWith("text/event-stream")) return;
      const text = response.text().catch(() => "");
      this.pending.push(text.then((body) => this.look(body, `the answer of ${url.pathname}`)));
    });
  }

  /** What is answered now is not looked at, until the function that this gives is called: a key is shown once. */
  paused() {
    this.looking = false;
    return async () => {
      await Promise.all(this.pending.splice(0));
      this.looking = true;
    };
  }

  /** Cookies are where a session belongs; everything else a browser keeps is looked through. */
  async stored(context) {
    for (const page of context.pages()) {
      if (!page.url().startsWith("http")) continue;
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
      this.look(kept, "what the browser keeps");
      const readable = await page.evaluate(() => document.cookie);
      if (readable !== "") this.found.push("a script can read a cookie");
    }
  }

  look(text, where) {
    if (!this.looking) return;
    const bare = this.secrets.find((secret) => text.includes(secret));
    if (bare) this.found.push(`${where} has a secret that was typed`);
    if (TYPED.test(text)) this.found.push(`${where} has what a customer has typed`);
    const shape = SHAPES.find((one) => one.test(text));
    if (shape) this.found.push(`${where} has what looks like ${shape}`);
  }

  async verdict() {
    await Promise.all(this.pending.splice(0));
    const found = [...new Set(this.found.splice(0))];
    if (found.length > 0) throw new Error(`secrets are shown:\n${found.join("\n")}`);
  }
}

function shortened(url) {
  return url.split("?")[0];
}

function withoutCookie({ "set-cookie": _, ...rest }) {
  return rest;
}
