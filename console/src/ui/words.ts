import { catalogue } from "../words/words.tsx";

export const words = catalogue(
  {
    copy: "Copy",
    copied: "Copied",
    showTyped: "Show what is typed",
    over: "over",
    sure: "Are you sure?",
    cancel: "Cancel",
    typeToConfirm: (what: string) => `Type ${what} to confirm`,
  },
  {
    copy: "Copiar",
    copied: "Copiado",
    showTyped: "Mostrar lo escrito",
    over: "terminado",
    sure: "¿Seguro?",
    cancel: "Cancelar",
    typeToConfirm: (what: string) => `Escribe ${what} para confirmar`,
  },
);
