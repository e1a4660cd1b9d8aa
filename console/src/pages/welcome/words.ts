import { catalogue } from "../../words/words.tsx";

export const words = catalogue(
  {
    title: "The demo bank in five steps",
    lead: "A bot that logs customers in to a made-up bank on this machine. Nothing leaves it, and nothing can break.",
    look: "Look at the login",
    lookText: "An Authorization Token asks for name and password, and gets a token for them.",
    lookLink: "Open the Authorization Token",
    try_: "Try it",
    tryText:
      "Press “Try it”, and log in as alice with the password wonderland. The answer shows where the token is.",
    tryLink: "Try the login",
    simulate: "Simulate",
    simulateText:
      "Press “Simulate” at the top, choose WhatsApp and press “Start”. Write balance, and see which way the conversation takes.",
    simulateLink: "Open the script",
    talk: "Talk to it on WhatsApp",
    talkText:
      "In another terminal, this is the phone in your hand. Write balance, and log in as alice again.",
    command: "command for a terminal",
    talkLink: "Watch the conversation",
    tokens: "See who is logged in",
    tokensText: "Revoke the token, and write balance once more: the bot asks for the login again.",
    tokensLink: "Open the tokens",
  },
  {
    title: "El banco de demostración en cinco pasos",
    lead: "Un bot que inicia la sesión de clientes en un banco inventado en esta máquina. Nada sale de ella y nada se puede romper.",
    look: "Mira el inicio de sesión",
    lookText: "Un token de autorización pide nombre y contraseña y recibe un token por ellos.",
    lookLink: "Abrir el token de autorización",
    try_: "Pruébalo",
    tryText:
      "Pulsa «Probar» y entra como alice con la contraseña wonderland. La respuesta muestra dónde está el token.",
    tryLink: "Probar el inicio de sesión",
    simulate: "Simula",
    simulateText:
      "Pulsa «Simular» arriba, elige WhatsApp y pulsa «Empezar». Escribe balance y mira qué camino toma la conversación.",
    simulateLink: "Abrir el guion",
    talk: "Habla con él por WhatsApp",
    talkText:
      "En otra terminal, este es el teléfono en tu mano. Escribe balance y entra otra vez como alice.",
    command: "orden para una terminal",
    talkLink: "Ver la conversación",
    tokens: "Mira quién ha iniciado sesión",
    tokensText: "Revoca el token y escribe balance otra vez: el bot vuelve a pedir los datos.",
    tokensLink: "Abrir los tokens",
  },
);
