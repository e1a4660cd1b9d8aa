import { catalogue } from "../../words/words.tsx";

export const words = catalogue(
  {
    title: "Leads",
    lead: "What people have answered to the forms of your bots.",
    download: "Download as CSV",
    form: "Form",
    any: "All forms",
    at: "When",
    answers: "Answers",
    openConversation: "Open the conversation",
    emptyTitle: "No form has been answered yet",
    emptyText: "Add a Form to a script. Each time somebody fills it in, the answers stand here.",
    noneFound: "Nobody has answered this form",
  },
  {
    title: "Contactos captados",
    lead: "Lo que la gente ha respondido a los formularios de tus bots.",
    download: "Descargar como CSV",
    form: "Formulario",
    any: "Todos los formularios",
    at: "Cuándo",
    answers: "Respuestas",
    openConversation: "Abrir la conversación",
    emptyTitle: "Nadie ha respondido aún a un formulario",
    emptyText:
      "Añade un formulario a un guion. Cada vez que alguien lo rellena, sus respuestas aparecen aquí.",
    noneFound: "Nadie ha respondido a este formulario",
  },
);
