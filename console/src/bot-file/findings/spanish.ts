/**
 * What the check says, in Spanish. The keys are the sentences of the check as its sources have them, with `<…>` for what
 * differs; a test sees that none is missing. What stands for `<…>` may itself be a phrase of this list.
 */
export const SPANISH: Readonly<Record<string, string>> = {
  // Values and what they are.
  nothing: "nada",
  "true or false": "true o false",
  "true or false, or the name of a header": "true o false, o el nombre de una cabecera",
  "true, or the id of an Authorization Token component": "true, o el id de un token de autorización",
  "a number": "un número",
  "a number of seconds": "un número de segundos",
  "a whole number": "un número entero",
  "a whole number, or a map with `min` and `max`": "un número entero, o un mapa con `min` y `max`",
  "a text": "un texto",
  "a text, a number, or true or false": "un texto, un número, o true o false",
  "a text, a number, true or false, or `{ expression: … }`":
    "un texto, un número, true o false, o `{ expression: … }`",
  "a text, a list of texts, or texts by language": "un texto, una lista de textos, o textos por idioma",
  "a value, a list of values, or a map of comparisons":
    "un valor, una lista de valores, o un mapa de comparaciones",
  "comparisons, or an expression": "comparaciones, o una expresión",
  "a list": "una lista",
  "a map": "un mapa",
  "a map that describes a bot": "un mapa que describe un bot",
  "a map that says how a token is renewed": "un mapa que dice cómo se renueva un token",
  "a map with `status`, `field` or `value`": "un mapa con `status`, `field` o `value`",
  "a map with `list`, `line` and `save`": "un mapa con `list`, `line` y `save`",
  "a map with `min` and `max`": "un mapa con `min` y `max`",
  "a map with `latitude` and `longitude`": "un mapa con `latitude` y `longitude`",
  "a map with `expression`": "un mapa con `expression`",
  "a map of keypad settings": "un mapa con ajustes del teclado",
  "a map of sentences": "un mapa de frases",
  "a map of sentences by kind of answer": "un mapa de frases por tipo de respuesta",
  "any value": "cualquier valor",
  "a method": "un método",
  "an encoding": "una codificación",
  "where the user types": "dónde escribe el usuario",
  "whom a token belongs to": "a quién pertenece un token",
  "what starts the script": "lo que inicia el guion",
  "a kind of answer": "un tipo de respuesta",
  "a kind of channel": "un tipo de canal",
  "a kind of file": "un tipo de archivo",
  "a key of a phone": "una tecla de un teléfono",
  "a question": "una pregunta",
  "a choice": "una opción",
  "a step": "un paso",
  "a step of this script": "un paso de este guion",
  "a trigger": "un disparador",
  "a script": "un guion",
  "a message": "un mensaje",
  "a card": "una tarjeta",
  "a variable": "una variable",
  "a condition": "una condición",
  "a content type": "un tipo de contenido",
  "a place": "un lugar",
  "a file": "un archivo",
  "a phone number": "un número de teléfono",
  "an address that the user sees": "una dirección que ve el usuario",
  "a line that the user sees": "una línea que ve el usuario",
  "an Authorization Token": "un token de autorización",
  "an Authorization Token component": "un componente de token de autorización",
  "a Web Service": "un servicio web",
  "a Web Service component": "un componente de servicio web",
  "a Form": "un formulario",
  "a Form component": "un componente de formulario",
  "Authorization Token": "token de autorización",
  "Web Service": "servicio web",
  Form: "formulario",
  script: "guion",
  "the name of a variable": "el nombre de una variable",
  seconds: "segundos",
  "seconds (30 days at most)": "segundos (30 días como mucho)",
  attempts: "intentos",
  tries: "intentos",
  characters: "caracteres",
  digits: "dígitos",
  lines: "líneas",
  retries: "reintentos",
  "(statuses of HTTP)": "(estados de HTTP)",
  kind: "tipo",
  kinds: "tipos",
  "write `<x>`": "escribe `<x>`",
  "insert `<x>`": "inserta `<x>`",
  "remove `<x>`": "quita `<x>`",
  "this can be mended": "esto se puede corregir",

  // Answers, expressions, headers, ids.
  "asks no question by then": "no hace ninguna pregunta hasta ahí",
  "asks one question by then": "hace una pregunta hasta ahí",
  "asks <more> questions by then": "hace <more> preguntas hasta ahí",
  "there is no answer for `{<name>}`: `<component>` <has>":
    "no hay respuesta para `{<name>}`: `<component>` <has>",
  "add a question, or use the number of one that is there; the first is `{val1}`":
    "añade una pregunta, o usa el número de una que exista; la primera es `{val1}`",
  "this is not an expression: <why>": "esto no es una expresión: <why>",
  "write it as in `amount > 500 && channel == 'whatsapp'`":
    "escríbela como en `amount > 500 && channel == 'whatsapp'`",
  "this expression is too long, or its brackets stand too deep in each other":
    "esta expresión es demasiado larga, o tiene demasiados paréntesis unos dentro de otros",
  "work out a part of it with `set` before": "calcula antes una parte con `set`",
  "`<1>` is not the name of a header": "`<1>` no es el nombre de una cabecera",
  "the header `<name>` follows from the request and cannot be set":
    "la cabecera `<name>` resulta de la petición y no se puede fijar",
  "remove it": "quítalo",
  "a header cannot have a line break or characters beyond ASCII in it":
    "una cabecera no puede tener saltos de línea ni caracteres fuera de ASCII",
  "the header `<name>` is there already": "la cabecera `<name>` ya está",
  "an id cannot be empty": "un id no puede estar vacío",
  "an id has at most 64 characters": "un id tiene como mucho 64 caracteres",
  "an id has only letters, digits, `-` and `_`, so `<0>` cannot be in it":
    "un id solo tiene letras, dígitos, `-` y `_`, así que `<0>` no puede estar en él",
  "write `<better>`, for example": "escribe `<better>`, por ejemplo",

  // Logins.
  "a login is a GET or a POST, not a <method>": "un inicio de sesión es un GET o un POST, no un <method>",
  "a login cannot ask for an answer of this kind":
    "un inicio de sesión no puede pedir una respuesta de este tipo",
  "possible: `text`, `number`, `email`, `phone`, `digits` and `code`":
    "posibles: `text`, `number`, `email`, `phone`, `digits` y `code`",
  "a login has at most 100 questions": "un inicio de sesión tiene como mucho 100 preguntas",
  "a login with `validation_by_number` cannot use a secure page":
    "un inicio de sesión con `validation_by_number` no puede usar una página segura",
  "a login with `before` cannot use a secure page":
    "un inicio de sesión con `before` no puede usar una página segura",
  "the page asks everything at once, and a temporary code comes in between":
    "la página pregunta todo a la vez, y un código temporal llega en medio",
  "remove one of the two": "quita uno de los dos",
  "from here on it cannot be read": "desde aquí no se puede leer",
  "a JSONPath looks like `$.accounts[0].balance`": "un JSONPath tiene esta forma: `$.accounts[0].balance`",
  "a path is a field name (`token`), or names and positions (`accounts[0].balance`)":
    "una ruta es el nombre de un campo (`token`), o nombres y posiciones (`accounts[0].balance`)",
  "a path cannot be empty": "una ruta no puede estar vacía",
  "a path has at most 1,000 characters, and 12 filters, functions and brackets in them":
    "una ruta tiene como mucho 1.000 caracteres, y 12 filtros, funciones y corchetes en ellos",
  "a name is missing beside this dot": "falta un nombre junto a este punto",
  "this `[` has no `]` after it": "a este `[` no le sigue ningún `]`",
  "a position in a list is a number, counted from 0":
    "una posición en una lista es un número, contado desde 0",
  "`<character>` cannot stand in a dotted path; write a JSONPath such as `$['a b']`":
    "`<character>` no puede estar en una ruta con puntos; escribe un JSONPath como `$['a b']`",
  "this is not a JSONPath (RFC 9535)": "esto no es un JSONPath (RFC 9535)",
  "it is too big": "es demasiado grande",
  "this is not a regular expression: <why>": "esto no es una expresión regular: <why>",
  "a placeholder is `{name}`; write `{{` or `}}` for a brace that is none":
    "un marcador es `{name}`; escribe `{{` o `}}` para una llave que no lo sea",
  "this `{` has no `}` after it": "a esta `{` no le sigue ninguna `}`",
  "this `}` has no `{` before it": "delante de esta `}` no hay ninguna `{`",
  "there is nothing between these braces": "no hay nada entre estas llaves",
  "this is not the name of a placeholder": "esto no es el nombre de un marcador",

  // URLs and variables.
  "it is empty": "está vacía",
  "it does not begin with `https://` or a constant that does":
    "no empieza por `https://` ni por una constante que lo haga",
  "it has a user name or a password in it": "lleva un nombre de usuario o una contraseña",
  "its host has a character in it that no host has":
    "su servidor tiene un carácter que ningún servidor tiene",
  "it has a fragment (`#…`), which is never sent": "tiene un fragmento (`#…`), que nunca se envía",
  "a placeholder stands in its host": "hay un marcador en su servidor",
  "its port is not a number up to 65535": "su puerto no es un número hasta 65535",
  "it has no host": "no tiene servidor",
  "its host is none": "su servidor no es válido",
  "this is not a URL: <1>": "esto no es una URL: <1>",
  'send it as a header: `Authorization: "Basic {secret.NAME}"`':
    'envíalo como cabecera: `Authorization: "Basic {secret.NAME}"`',
  "write the whole URL, such as `https://api.example.com/accounts`":
    "escribe la URL entera, como `https://api.example.com/accounts`",
  "take away the `#` and what follows, or write `%23`": "quita la `#` y lo que sigue, o escribe `%23`",
  "`<1>` is not the name of a variable": "`<1>` no es el nombre de una variable",
  "`<name>` stands for something else, so a variable cannot have this name":
    "`<name>` significa otra cosa, así que una variable no puede llamarse así",
  "choose another name, such as `amount`": "elige otro nombre, como `amount`",

  // A service before a login; channels.
  "this question comes after a service that is not named":
    "esta pregunta va tras un servicio que no se nombra",
  "add `before:` with the id of the Web Service to the component":
    "añade al componente `before:` con el id del servicio web",
  "no question is asked after this service": "tras este servicio no se hace ninguna pregunta",
  "add `after_before: true` to the question for the code":
    "añade `after_before: true` a la pregunta del código",
  "`<service>` is called before the login `<other>` already":
    "a `<service>` ya se le llama antes del inicio de sesión `<other>`",
  "make a second Web Service for this login": "haz un segundo servicio web para este inicio de sesión",
  "this service is called before the login `<component>`, so it cannot ask":
    "a este servicio se le llama antes del inicio de sesión `<component>`, así que no puede preguntar",
  "move the questions to `<component>`, before the one with `after_before: true`":
    "lleva las preguntas a `<component>`, antes de la que tiene `after_before: true`",
  "this service needs the answers of the login `<component>`":
    "este servicio necesita las respuestas del inicio de sesión `<component>`",
  "use `auth_token: <component>`, which calls it": "usa `auth_token: <component>`, que lo llama",
  "an Authorization Token cannot run on <1>": "un token de autorización no puede funcionar en <1>",
  "this step logs the user in": "este paso inicia la sesión del usuario",
  "and this one": "y este",
  "asked for here": "se pide aquí",
  "`<1>` runs `<token>`": "`<1>` ejecuta `<token>`",
  "an Authorization Token is for messaging apps, SMS and the phone, not for the web, mobile and desktop chat":
    "un token de autorización es para aplicaciones de mensajería, SMS y el teléfono, no para el chat de la web, del móvil y de escritorio",
  "attach the bot to other channels, or take these steps out":
    "conecta el bot a otros canales, o quita estos pasos",
  "a GET puts the login details into the URL, where logs keep them":
    "un GET pone los datos de acceso en la URL, donde los registros los guardan",
  "use `method: POST` if the auth service takes it":
    "usa `method: POST` si el servicio de autenticación lo acepta",

  // What a channel cannot show.
  "on <1>: <loss>": "en <1>: <loss>",
  "a message has at most <1> characters, so this one is split":
    "un mensaje tiene como mucho <1> caracteres, así que este se divide",
  "the caller hears its caption alone": "quien llama solo oye su leyenda",
  "its link is sent": "se envía su enlace",
  "<1> cannot be shown; <instead>": "<1> no se puede mostrar; <instead>",
  "a caller cannot open a link; the text is spoken": "quien llama no puede abrir un enlace; se dice el texto",
  "a caller cannot see a map; the name is spoken": "quien llama no puede ver un mapa; se dice el nombre",
  "a card is spoken": "una tarjeta se dice",
  "a card is sent as text": "una tarjeta se envía como texto",
  "a card is spoken without its picture": "una tarjeta se dice sin su imagen",
  "a card is sent as text without its picture": "una tarjeta se envía como texto, sin su imagen",
  "a user cannot send <what>, so this question has no answer there":
    "un usuario no puede enviar <what>, así que ahí esta pregunta no tiene respuesta",
  "<1> buttons or a list of <2>": "<1> botones o una lista de <2>",
  "<1> buttons": "<1> botones",
  "<1> choices, but it shows <shows>; they are numbered instead":
    "<1> opciones, pero muestra <shows>; en su lugar se numeran",
  "a label has at most <1> characters, so `<2>` (and <3> more) is cut":
    "una etiqueta tiene como mucho <1> caracteres, así que `<2>` (y <3> más) se corta",
  "a label has at most <1> characters, so `<2>` is cut":
    "una etiqueta tiene como mucho <1> caracteres, así que `<2>` se corta",
  "an image": "una imagen",
  "an audio": "un audio",
  "a video": "un vídeo",
  "a document": "un documento",

  // Twice, empty, endless.
  "there is <what> `<1>` already": "ya hay <what> `<1>`",
  "again here": "otra vez aquí",
  "first here": "primero aquí",
  "give one of the two another id": "da otro id a uno de los dos",
  "the key `<key>` is there already": "la clave `<key>` ya está",
  "remove one of the two, or give it its right name": "quita una de las dos, o dale su nombre correcto",
  "there is nothing in the file": "no hay nada en el archivo",
  "begin with `countersign: 1`, `bot: my-bot` and `scripts:`":
    "empieza con `countersign: 1`, `bot: my-bot` y `scripts:`",
  "the script `<id>` has no steps": "el guion `<id>` no tiene pasos",
  "add `steps:`, or take the script out": "añade `steps:`, o quita el guion",
  "the script `<id>` has no steps to go to": "el guion `<id>` no tiene pasos a los que ir",
  "add a step to it, or lead somewhere else": "añádele un paso, o lleva a otro sitio",
  "this text is empty": "este texto está vacío",
  "write what the user shall read": "escribe lo que debe leer el usuario",
  "this trigger has no letter or digit in it": "este disparador no tiene ninguna letra ni dígito",
  "write a word, or remove it": "escribe una palabra, o quítalo",
  "this loop never waits for the user": "este bucle nunca espera al usuario",
  "the loop begins here": "el bucle empieza aquí",
  "`scripts.<id>` runs itself without end": "`scripts.<id>` se ejecuta a sí mismo sin fin",
  "this `run` never comes back": "este `run` nunca vuelve",
  "and leads back from here": "y desde aquí vuelve",
  "put a step that waits into the loop: `options`, `question`, `form` or `wait`":
    "pon en el bucle un paso que espere: `options`, `question`, `form` o `wait`",
  "`scripts.<id>` runs itself, one level deeper with each round":
    "`scripts.<id>` se ejecuta a sí mismo, un nivel más abajo con cada vuelta",
  "each round waits here for the next one to end": "cada vuelta espera aquí a que acabe la siguiente",
  "and here": "y aquí",
  "scripts can run scripts <MAX_DEPTH> levels deep; then the conversation is stopped":
    "los guiones pueden ejecutar guiones hasta <MAX_DEPTH> niveles; después se detiene la conversación",
  "use `jump: <1>` to begin again without coming back": "usa `jump: <1>` para empezar de nuevo sin volver",
  "scripts run scripts <levels> levels deep from here":
    "desde aquí los guiones ejecutan guiones hasta <levels> niveles",
  "the deepest chain begins here": "la cadena más profunda empieza aquí",
  "scripts can run scripts <MAX_DEPTH> levels deep":
    "los guiones pueden ejecutar guiones hasta <MAX_DEPTH> niveles",
  "use `jump` where a script need not come back": "usa `jump` donde un guion no tenga que volver",
  "the field `<name>` is taken": "el campo `<name>` está ocupado",
  "this field": "este campo",
  "taken here": "ocupado aquí",
  "give one of the two another name": "da otro nombre a uno de los dos",

  // The way to a step.
  "<n>. `<path>` <does>, and so it begins again": "<n>. `<path>` <does>, y así empieza de nuevo",
  "<n>. `<path>` <does>": "<n>. `<path>` <does>",
  "<n>. <trigger> starts `<script>`": "<n>. <trigger> inicia `<script>`",
  "<n>. `<from>` to `<last>` follow": "<n>. siguen `<from>` a `<last>`",
  "<n>. `<path>` runs `scripts.<id>` <without>": "<n>. `<path>` ejecuta `scripts.<id>` <without>",
  "and comes back without a login": "y vuelve sin inicio de sesión",
  "and may come back without `<token>`": "y puede volver sin `<token>`",
  "logs out": "cierra la sesión",
  "goes on": "sigue",
  "when `<value>` is chosen": "cuando se elige `<value>`",
  "when a choice is made": "cuando se elige algo",
  "when no valid answer comes (`no_answer`)": "cuando no llega una respuesta válida (`no_answer`)",
  "when the user cancels (`cancelled`)": "cuando el usuario cancela (`cancelled`)",
  "when the condition holds": "cuando se cumple la condición",
  "when the condition does not hold": "cuando no se cumple la condición",
  "when the login fails (`failed`)": "cuando falla el inicio de sesión (`failed`)",
  "when the call fails (`failed`)": "cuando falla la llamada (`failed`)",
  "when the service is out of reach (`unavailable`)": "cuando no se llega al servicio (`unavailable`)",
  "when the answer has no content (`empty`)": "cuando la respuesta no tiene contenido (`empty`)",
  "when the answer has status <status>": "cuando la respuesta tiene el estado <status>",
  jumps: "salta",
  "runs `scripts.<1>`": "ejecuta `scripts.<1>`",
  "runs `scripts.<1>`, which comes back": "ejecuta `scripts.<1>`, que vuelve",
  "trigger `<words>`": "el disparador `<words>`",
  "a button with the payload `<payload>`": "un botón con el contenido `<payload>`",
  "the first message of a contact": "el primer mensaje de un contacto",
  "an incoming call": "una llamada entrante",
  "a message that nothing else matches": "un mensaje con el que no coincide nada más",
  "<1>. `<path>` calls `<2>`, which sends the token": "<1>. `<path>` llama a `<2>`, que envía el token",
  "<1>. `<path>` uses `<name>`": "<1>. `<path>` usa `<name>`",

  // The phone.
  "a caller cannot open the login page of `<1>`": "quien llama no puede abrir la página de acceso de `<1>`",
  "a page is no help in a call": "una página no ayuda en una llamada",
  "`<1>` runs it": "`<1>` lo ejecuta",
  "use `ask: in_chat` with `validation_by_number: true`, or take `phone` off the channels":
    "usa `ask: in_chat` con `validation_by_number: true`, o quita `phone` de los canales",
  "a caller has to speak the answers of `<1>` aloud":
    "quien llama tiene que decir en voz alta las respuestas de `<1>`",
  "this login has no `validation_by_number`": "este inicio de sesión no tiene `validation_by_number`",
  "set `validation_by_number: true`, so that the caller types digits on the keypad":
    "pon `validation_by_number: true`, para que quien llama teclee dígitos",

  // What is missing, what cannot be read.
  "the bot needs `<key>`": "el bot necesita `<key>`",
  "this needs `<key>`": "esto necesita `<key>`",
  "`<key>` is missing": "falta `<key>`",
  "add `<key>:` with <what>": "añade `<key>:` con <what>",
  "this says nothing": "esto no dice nada",
  "add one of <1>": "añade uno de <1>",
  "an answer of this kind needs `<key>`": "una respuesta de este tipo necesita `<key>`",
  "add `<key>:` beside `kind:`": "añade `<key>:` junto a `kind:`",
  "the answer to this question is not sent anywhere":
    "la respuesta a esta pregunta no se envía a ninguna parte",
  "asked here": "se pregunta aquí",
  "add `field:` with the name of the field that carries it, or use `{val<number>}` in the request":
    "añade `field:` con el nombre del campo que la lleva, o usa `{val<number>}` en la petición",
  "a JSON answer needs `token_path`": "una respuesta JSON necesita `token_path`",
  "the answer is JSON": "la respuesta es JSON",
  "add `token_path:` with the place of the token, such as `data.token`":
    "añade `token_path:` con el lugar del token, como `data.token`",
  "the request does not carry the refresh token": "la petición no lleva el token de renovación",
  "write `{refresh_token}` into one of its `fields`": "escribe `{refresh_token}` en uno de sus `fields`",
  "this list is empty, and <why>": "esta lista está vacía, y <why>",
  "a Form needs a question": "un formulario necesita una pregunta",
  "there is nothing to choose": "no hay nada que elegir",
  "a condition needs a comparison": "una condición necesita una comparación",
  "not UTF-8": "no es UTF-8",
  "the file is <what>: byte <1> in line <line> cannot be read":
    "el archivo es <what>: no se puede leer el byte <1> de la línea <line>",
  "save the file as UTF-8": "guarda el archivo como UTF-8",
  "the file cannot be read: <message>": "el archivo no se puede leer: <message>",
  "reading stopped here": "la lectura se detuvo aquí",
  "a tag has no meaning here": "una etiqueta no significa nada aquí",
  "take away the `!` and the word behind it, or put quotes around the text":
    "quita el `!` y la palabra que lo sigue, o pon el texto entre comillas",
  "this alias stands inside the value that it repeats": "este alias está dentro del valor que repite",
  "a key must be a text": "una clave tiene que ser un texto",
  'put quotes around a text that begins with `{` or `[`: `"{name}"`':
    'pon entre comillas un texto que empieza por `{` o `[`: `"{name}"`',
  "use spaces instead of the tab": "usa espacios en lugar del tabulador",
  "put quotes around a text with `: `, `#`, `{`, `[`, `*`, `&`, `@` or a quote in it":
    "pon entre comillas un texto con `: `, `#`, `{`, `[`, `*`, `&`, `@` o comillas",
  "entries of the same list or map must begin in the same column":
    "las entradas de la misma lista o mapa tienen que empezar en la misma columna",
  "a tab stands where only spaces can": "hay un tabulador donde solo puede haber espacios",
  "the indentation does not fit": "la sangría no encaja",
  "a quote is not closed": "faltan las comillas de cierre",
  "add the closing quote": "añade las comillas de cierre",
  "a bracket is not closed": "falta cerrar un corchete o una llave",
  "add the closing `}` or `]`": "añade la `}` o el `]` de cierre",
  "a bracket does not fit": "un corchete o una llave no encaja",
  "a comma or a closing bracket is missing": "falta una coma o un corchete de cierre",
  "this alias repeats a value that is not there": "este alias repite un valor que no existe",
  "a `:` stands where it cannot": "hay un `:` donde no puede estar",
  "this character cannot begin a text": "este carácter no puede empezar un texto",
  "a `\\` in double quotes begins no known sign":
    "una `\\` entre comillas dobles no empieza ningún signo conocido",
  "write `\\\\` for a backslash, or use single quotes":
    "escribe `\\\\` para una barra invertida, o usa comillas simples",
  "values stand too deep in each other": "hay valores a demasiada profundidad unos dentro de otros",
  "an invisible byte order mark stands here": "aquí hay una marca invisible de orden de bytes",
  "take it away": "quítala",

  // Bounds and placeholders.
  "`<key>` is from <min> to <max> <unit>, and this is <number>":
    "`<key>` va de <min> a <max> <unit>, y esto es <number>",
  "there is no room for <what> more": "no hay sitio para <what> más",
  "make several bots of it": "haz varios bots con ello",
  "the smallest is larger than the largest": "el menor es mayor que el mayor",
  "swap the two": "intercambia los dos",
  "`<text>` is no status; those of HTTP are from 100 to 599":
    "`<text>` no es un estado; los de HTTP van de 100 a 599",
  "this is not a number of degrees from -<most> to <2>": "esto no es un número de grados de -<most> a <2>",
  "this placeholder could change the host that the request goes to":
    "este marcador podría cambiar el servidor al que va la petición",
  "only `{config.NAME}` can stand before the path": "solo `{config.NAME}` puede estar antes de la ruta",
  "write the host itself or a constant, and put the placeholder behind a `/`":
    "escribe el servidor o una constante, y pon el marcador detrás de una `/`",
  "it belongs into the `refresh` of an Authorization Token": "va en el `refresh` de un token de autorización",
  "it belongs into the `line` of an `each`": "va en la `line` de un `each`",
  "it belongs into the request of the component that asks; to show an answer, ask with a `question` step that has `save`":
    "va en la petición del componente que pregunta; para mostrar una respuesta, pregunta con un paso `question` que tenga `save`",
  "it belongs into the request of a Web Service, called after the login":
    "va en la petición de un servicio web, al que se llama tras el inicio de sesión",
  'compare with an expression: `condition: "a == <name>"`':
    'compara con una expresión: `condition: "a == <name>"`',
  "`{<name>}` has no meaning here": "`{<name>}` no significa nada aquí",
  "requests to `http://` can be read on the way": "las peticiones a `http://` se pueden leer por el camino",
  "use `https://`": "usa `https://`",
  "a <method> is not repeated, because it might be carried out twice":
    "un <method> no se repite, porque podría hacerse dos veces",
  "add `idempotency_key: true` if the API knows the header `Idempotency-Key`, or remove `retries`":
    "añade `idempotency_key: true` si la API conoce la cabecera `Idempotency-Key`, o quita `retries`",
  "`{<name>}` is a secret and cannot stand in <what>": "`{<name>}` es un secreto y no puede estar en <what>",
  "this would be seen": "esto se vería",
  "use it in the request of a Web Service, and show what the answer says":
    "úsalo en la petición de un servicio web, y muestra lo que dice la respuesta",
  "a token in a URL is kept by logs": "los registros guardan un token que está en una URL",
  'if the API takes it, write instead: `headers: { Authorization: "Bearer {authtoken}" }`':
    'si la API lo acepta, escribe en su lugar: `headers: { Authorization: "Bearer {authtoken}" }`',
  "a secret in a URL is kept by logs": "los registros guardan un secreto que está en una URL",
  "send it in a header or in the body, if the service takes it there":
    "envíalo en una cabecera o en el cuerpo, si el servicio lo acepta ahí",
  "a variable cannot keep a secret answer": "una variable no puede guardar una respuesta secreta",
  "ask in the `questions` of the Web Service or Authorization Token that sends it":
    "pregunta en las `questions` del servicio web o token de autorización que la envía",

  // Bodies, kinds, tokens.
  "a request has one body, and here are `<1>` and `<2>`":
    "una petición tiene un cuerpo, y aquí hay `<1>` y `<2>`",
  "the first": "el primero",
  "keep one of them": "deja uno de ellos",
  "write `method: POST`, or put the fields into `query`":
    "escribe `method: POST`, o pon los campos en `query`",
  "a GET has no body": "un GET no tiene cuerpo",
  "a second document begins here": "aquí empieza un segundo documento",
  "put each bot into a file of its own": "pon cada bot en su propio archivo",
  "this step is both `<1>` and `<2>`": "este paso es a la vez `<1>` y `<2>`",
  "a second kind": "un segundo tipo",
  "the first kind": "el primer tipo",
  "begin a new step: `- <1>: …`": "empieza un paso nuevo: `- <1>: …`",
  "this trigger is both `<first>` and `<second>`": "este disparador es a la vez `<first>` y `<second>`",
  "make two triggers of it": "haz dos disparadores con él",
  "`{<placeholder>}` is used before `<only>` has logged the user in":
    "`{<placeholder>}` se usa antes de que `<only>` haya iniciado la sesión del usuario",
  "`{<placeholder>}` is used before any login":
    "`{<placeholder>}` se usa antes de cualquier inicio de sesión",
  "there may be no token yet": "puede que aún no haya token",
  "the token is sent here": "el token se envía aquí",
  "add an Authorization Token component, and an `auth_token` step before this step":
    "añade un componente de token de autorización, y un paso `auth_token` antes de este",
  "insert `- auth_token: <only>` before this step": "inserta `- auth_token: <only>` antes de este paso",
  "insert <1> before this step": "inserta <1> antes de este paso",
  "the token of `<token>` may not be sent to `<origin>`":
    "el token de `<token>` no se puede enviar a `<origin>`",
  "the token would go here": "el token iría aquí",
  'if it belongs there, add this line to `<token>`: `send_to: ["<origin>"]`':
    'si debe ir ahí, añade esta línea a `<token>`: `send_to: ["<origin>"]`',
  "the file has <len> bytes, and at most <MAX_BYTES> are read":
    "el archivo tiene <len> bytes, y se leen como mucho <MAX_BYTES>",
  "the file has more than <MAX_NODES> values": "el archivo tiene más de <MAX_NODES> valores",
  "make several bots of it, and repeat less with aliases (`*name`)":
    "haz varios bots con ello, y repite menos con alias (`*name`)",
  "values stand more than <MAX_DEPTH> deep in each other":
    "hay valores a más de <MAX_DEPTH> niveles unos dentro de otros",
  "<trigger> starts `scripts.<other>` already": "<trigger> ya inicia `scripts.<other>`",
  "the trigger `<text>`": "el disparador `<text>`",
  "the payload `<text>`": "el contenido `<text>`",
  "the fallback": "el guion de reserva",
  "the first message": "el primer mensaje",
  "the call": "la llamada",
  "a message can start one script only": "un mensaje solo puede iniciar un guion",
  "first given here": "dado primero aquí",
  "change or remove one of the two": "cambia o quita uno de los dos",
  "`<key>` belongs to answers of the <kinds> <wanted>": "`<key>` corresponde a respuestas de: <wanted>",
  "add `kind: <meant>`": "añade `kind: <meant>`",
  "change `kind`, or remove this": "cambia `kind`, o quita esto",
  "`<key>` says the same as <other>": "`<key>` dice lo mismo que <other>",
  "`<key>` does nothing: <why>": "`<key>` no hace nada: <why>",
  "`is_json` is false, so the whole answer is the token":
    "`is_json` es false, así que toda la respuesta es el token",
  "a GET sends the fields in the URL": "un GET envía los campos en la URL",
  "the request carries no token": "la petición no lleva ningún token",
  "it is the type of `body`, and there is none": "es el tipo de `body`, y no hay ninguno",

  // What is not known.
  "there is no <what> `<id>`": "no hay ningún <what> `<id>`",
  "write `<other>: <id>`": "escribe `<other>: <id>`",
  "the bot has no Authorization Token whose token could stand here":
    "el bot no tiene ningún token de autorización cuyo token pudiera estar aquí",
  "add a component under `authorization_tokens`": "añade un componente bajo `authorization_tokens`",
  "there is no step of this script and no script `<id>`":
    "no hay ningún paso de este guion ni ningún guion `<id>`",
  "`<id>` is a step of the script `<script>`": "`<id>` es un paso del guion `<script>`",
  "lead to `<script>`, or move the step into a script of its own":
    "lleva a `<script>`, o pon el paso en un guion propio",
  "did you mean `<meant>`?": "¿querías decir `<meant>`?",
  "did you mean `{authtoken:<rest>}`?": "¿querías decir `{authtoken:<rest>}`?",
  "did you mean `{<meant>.<rest>}`?": "¿querías decir `{<meant>.<rest>}`?",
  "there is none at all": "no hay ninguno",
  "there is <1>": "hay <1>",
  "there is no `<key>` here": "aquí no hay `<key>`",
  "unknown key": "clave desconocida",
  "known here: <1>": "conocidas aquí: <1>",
  "languages of the bot: <1>": "idiomas del bot: <1>",
  "the bot has no language `<tag>`": "el bot no tiene el idioma `<tag>`",
  "to give it one more, write `languages: [<1>]` at the top":
    "para darle uno más, escribe `languages: [<1>]` arriba",
  "`<1>` is not a language": "`<1>` no es un idioma",
  "write a tag such as `en`, `es` or `pt-BR`": "escribe una etiqueta como `en`, `es` o `pt-BR`",
  "this text is missing in the bot's own language, `<own>`":
    "este texto falta en el idioma propio del bot, `<own>`",
  "there is no placeholder `{<name>}`": "no hay ningún marcador `{<name>}`",
  "a condition cannot look at `<name>`": "una condición no puede mirar `<name>`",
  "of a contact there are `contact.name` and `contact.address`":
    "de un contacto hay `contact.name` y `contact.address`",
  "save the part that you need in a variable of its own":
    "guarda la parte que necesitas en una variable propia",
  "no key of this step names its kind": "ninguna clave de este paso nombra su tipo",
  "kinds: <1>": "tipos: <1>",
  "write `<kind>: …`": "escribe `<kind>: …`",
  "write `message: …` for something that the bot says": "escribe `message: …` para algo que dice el bot",
  "a step is a map, and this is a text": "un paso es un mapa, y esto es un texto",
  "`<word>` is not <what>": "`<word>` no es <what>",
  "possible: <1>": "posibles: <1>",
  "`<to>` is neither `person` nor a phone number": "`<to>` no es `person` ni un número de teléfono",
  'write `person` for a person in the console, or a number such as `"+15550100"`':
    'escribe `person` para una persona de la consola, o un número como `"+15550100"`',

  // What nobody comes to, and what has no value.
  "nothing starts this bot: no script has a trigger":
    "nada inicia este bot: ningún guion tiene un disparador",
  "this script has no `triggers`": "este guion no tiene `triggers`",
  "give a script `triggers`, and let one be the fallback for messages that match nothing else":
    "da `triggers` a un guion, y haz que uno sea la reserva para los mensajes con los que no coincide nada más",
  "no conversation comes to `<path>`": "ninguna conversación llega a `<path>`",
  "no trigger starts it, and no reachable step leads to it":
    "ningún disparador lo inicia, y ningún paso alcanzable lleva a él",
  "`<1>` leads to it, but is unreachable itself": "`<1>` lleva a él, pero él mismo no se alcanza",
  "give it `triggers`, name it in a `run`, `jump` or branch, or take it out":
    "dale `triggers`, nómbralo en un `run`, `jump` o rama, o quítalo",
  "no conversation comes to this step": "ninguna conversación llega a este paso",
  "every way to it is cut off": "todos los caminos hacia él están cortados",
  "nor to the step after it": "ni al paso siguiente",
  "nor to the <1> steps after it": "ni a los <1> pasos siguientes",
  "lead a branch to it, or take it out": "lleva una rama hasta él, o quítalo",
  "no step uses `<id>`": "ningún paso usa `<id>`",
  "defined here and never used": "definido aquí y nunca usado",
  "add a step `- <step>: <id>`, or take it out": "añade un paso `- <step>: <id>`, o quítalo",
  "no step gives `<name>` a value": "ningún paso da un valor a `<name>`",
  "used here": "se usa aquí",
  "this would, but no step uses the component": "esto lo daría, pero ningún paso usa el componente",
  "add `- <1>: <2>` before this": "añade `- <1>: <2>` antes de esto",
  "save an answer in it (`save: <name>`), or use `set`":
    "guarda en ella una respuesta (`save: <name>`), o usa `set`",
  "`<name>` may have no value yet": "puede que `<name>` aún no tenga valor",
  "its text is here": "su texto está aquí",
  "give `<name>` a value on this way too, or ask with `condition: { <2>: { exists: true } }`":
    "da un valor a `<name>` también por este camino, o pregunta con `condition: { <2>: { exists: true } }`",
  "a bot file is <wanted>; here stands <found>": "un archivo de bot es <wanted>; aquí hay <found>",
  "`<key>` is <wanted>; here stands <found>": "`<key>` es <wanted>; aquí hay <found>",
  "this is <found>": "esto es <found>",
  "write the seconds alone: `900` is 15 minutes, `3600` an hour":
    "escribe solo los segundos: `900` son 15 minutos, `3600` una hora",
  "write the seconds alone: `<value>`": "escribe solo los segundos: `<value>`",
  "this is version <version> of the format, and only version <VERSION> is known":
    "esta es la versión <version> del formato, y solo se conoce la versión <VERSION>",
  "use a later version of Countersign": "usa una versión posterior de Countersign",
};
