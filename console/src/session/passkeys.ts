import { api, ok } from "../api/client.ts";
import type { NewPasskey, PasskeyChallenge, Session } from "../api/contract.ts";

/** The browser cannot, or the person did not want to. */
export class NoPasskey extends Error {
  readonly why: "cannot" | "stopped";
  constructor(why: "cannot" | "stopped") {
    super(why);
    this.why = why;
  }
}

export function canPasskeys(): boolean {
  return typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Signs in with a passkey: alone, as the second factor of `pending`, or as the second look of who is signed in. */
export async function signInByPasskey(pending?: string): Promise<Session> {
  if (!canPasskeys()) throw new NoPasskey("cannot");
  const { challenge_id, options } = await ok(
    api.POST("/session/passkey/begin", { body: pending ? { pending } : {} }),
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(inner(options) as never);
  const credential = await asked(() => navigator.credentials.get({ publicKey }));
  return ok(api.POST("/session/passkey/finish", { body: { challenge_id, credential } }));
}

/** Makes a passkey for this account on this device. The first second factor comes with recovery codes. */
export async function addPasskey(name: string): Promise<NewPasskey> {
  if (!canPasskeys()) throw new NoPasskey("cannot");
  const { challenge_id, options } = await ok(api.POST("/account/passkeys/begin", { body: { name } }));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(inner(options) as never);
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  return ok(api.POST("/account/passkeys/finish", { body: { challenge_id, credential } }));
}

async function asked(ask: () => Promise<Credential | null>): Promise<unknown> {
  const credential = await ask().catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) throw new NoPasskey("stopped");
  return credential.toJSON();
}

/** Some servers wrap the options as `navigator.credentials` wants them. */
function inner(options: PasskeyChallenge["options"]): unknown {
  return (options as { publicKey?: unknown }).publicKey ?? options;
}
