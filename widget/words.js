// @ts-check
// What the widget says itself, by language. To add one, add it here; a test looks that nothing is missing.

const WORDS = {
  en: {
    open: "Open chat", close: "Close chat", unread: "new messages: {n}", messages: "Messages",
    write: "Write a message", send: "Send", bot: "Bot", you: "You",
    connecting: "Connecting…", offline: "No connection. Trying again…", closed: "This chat is not available.",
    failed: "Not sent.", long: "This message is too long.", again: "Start over",
    sure: "Start over? What was said here is no longer shown.", cancel: "Cancel", ended: "You ended the conversation.",
    handover: "A person takes over from here.", back: "The bot answers again.", image: "Picture", audio: "Recording", video: "Video",
    document: "File", map: "Show on a map", secret: "Hidden",
  },
  de: {
    open: "Chat öffnen", close: "Chat schließen", unread: "neue Nachrichten: {n}", messages: "Nachrichten",
    write: "Nachricht schreiben", send: "Senden", bot: "Bot", you: "Sie",
    connecting: "Verbindung wird aufgebaut…", offline: "Keine Verbindung. Neuer Versuch…",
    closed: "Dieser Chat ist nicht verfügbar.", failed: "Nicht gesendet.", long: "Diese Nachricht ist zu lang.",
    again: "Neu beginnen", sure: "Neu beginnen? Das bisherige Gespräch wird nicht mehr angezeigt.",
    cancel: "Abbrechen", ended: "Sie haben das Gespräch beendet.", handover: "Ab hier übernimmt ein Mensch.",
    back: "Der Bot antwortet wieder.",
    image: "Bild", audio: "Aufnahme", video: "Video", document: "Datei", map: "Auf einer Karte zeigen",
    secret: "Verborgen",
  },
  fr: {
    open: "Ouvrir le chat", close: "Fermer le chat", unread: "nouveaux messages : {n}", messages: "Messages",
    write: "Écrire un message", send: "Envoyer", bot: "Bot", you: "Vous",
    connecting: "Connexion…", offline: "Pas de connexion. Nouvel essai…", closed: "Ce chat n’est pas disponible.",
    failed: "Non envoyé.", long: "Ce message est trop long.", again: "Recommencer",
    sure: "Recommencer ? La conversation ne sera plus affichée.", cancel: "Annuler",
    ended: "Vous avez mis fin à la conversation.", handover: "Une personne prend le relais.",
    back: "Le bot répond de nouveau.", image: "Image",
    audio: "Enregistrement", video: "Vidéo", document: "Fichier", map: "Voir sur une carte", secret: "Masqué",
  },
  es: {
    open: "Abrir el chat", close: "Cerrar el chat", unread: "mensajes nuevos: {n}", messages: "Mensajes",
    write: "Escribe un mensaje", send: "Enviar", bot: "Bot", you: "Tú",
    connecting: "Conectando…", offline: "Sin conexión. Reintentando…", closed: "Este chat no está disponible.",
    failed: "No enviado.", long: "Este mensaje es demasiado largo.", again: "Empezar de nuevo",
    sure: "¿Empezar de nuevo? La conversación dejará de mostrarse.", cancel: "Cancelar",
    ended: "Has terminado la conversación.", handover: "A partir de aquí te atiende una persona.",
    back: "El bot vuelve a responder.", image: "Imagen",
    audio: "Grabación", video: "Vídeo", document: "Archivo", map: "Ver en un mapa", secret: "Oculto",
  },
};
