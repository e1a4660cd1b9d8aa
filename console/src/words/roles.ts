import type { Role } from "../api/contract.ts";
import { catalogue } from "./words.tsx";

const en: Record<Role, string> = {
  owner: "Owner",
  admin: "Administrator",
  editor: "Editor",
  credential_manager: "Credential manager",
  agent: "Agent",
  viewer: "Viewer",
  auditor: "Auditor",
};
const es: Record<Role, string> = {
  owner: "Propietario",
  admin: "Administrador",
  editor: "Editor",
  credential_manager: "Gestor de credenciales",
  agent: "Agente",
  viewer: "Observador",
  auditor: "Auditor",
};

/** The roles, as people read them. */
export const roleWords = catalogue(en, es);

export const ROLES = Object.keys(en) as Role[];
