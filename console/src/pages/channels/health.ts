import type { Channel } from "../../api/contract.ts";

export type Health = "ok" | "nothing" | "refused" | "failing";

/** How a channel does: a failure or a refusal counts until something newer went well. */
export function healthOf({ health }: Channel): Health {
  const later = (one?: string, other?: string) =>
    one !== undefined && (other === undefined || Date.parse(one) > Date.parse(other));
  if (later(health.last_failure?.at, health.last_delivery_at)) return "failing";
  if (later(health.last_refused_at, health.last_webhook_at)) return "refused";
  return health.last_webhook_at || health.last_delivery_at ? "ok" : "nothing";
}
