import { catalogue } from "../words/words.tsx";

export const words = catalogue(
  {
    copy: "Copy",
    copied: "Copied",
    over: "over",
    sure: "Are you sure?",
    cancel: "Cancel",
    typeToConfirm: (what: string) => `Type ${what} to confirm`,
  },
  {
    copy: "Copiar",
    copied: "Copiado",
    over: "terminado",
    sure: "¿Seguro?",
    cancel: "Cancelar",
    typeToConfirm: (what: string) => `Escribe ${what} para confirmar`,
  },
);
