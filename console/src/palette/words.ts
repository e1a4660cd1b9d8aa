import { catalogue } from "../words/words.tsx";

export const words = catalogue(
  {
    title: "Go to",
    search: "Page, bot, script or component",
    none: "Nothing has this in its name",
    pages: "Page",
    bot: "Bot",
    script: "Script",
    token: "Authorization Token",
    service: "Web Service",
    form: "Form",
    setting: "Setting",
  },
  {
    title: "Ir a",
    search: "Página, bot, guion o componente",
    none: "Nada lleva esto en su nombre",
    pages: "Página",
    bot: "Bot",
    script: "Guion",
    token: "Token de autorización",
    service: "Servicio web",
    form: "Formulario",
    setting: "Ajuste",
  },
);
