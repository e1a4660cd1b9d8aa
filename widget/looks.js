// @ts-check
// What the widget looks like. A page changes it with the custom properties that begin with `--countersign-`.

const NIGHT = `--_bg: #1b1c1f; --_fg: #f1f1f3; --_soft: #2b2d31; --_line: #83868f; --_dim: #b6b8bf; --_bad: #ffb4ab; color-scheme: dark;`;
const STYLE = `
:host { --_accent: var(--countersign-accent, var(--_color, #0b57d0)); --_bg: #fff; --_fg: #1b1c1f; --_soft: #eef0f4;
  --_line: #777b85; --_dim: #54575f; --_bad: #b3261e; --_r: var(--countersign-radius, 16px); color-scheme: light;
  position: fixed; inset: auto var(--countersign-gap, 20px) var(--countersign-gap, 20px) auto; z-index: 2147483000;
  font: 15px/1.45 var(--countersign-font, system-ui, sans-serif); }
:host([hidden]) { display: none; }
:host([position=left]) { inset: auto auto var(--countersign-gap, 20px) var(--countersign-gap, 20px); }
@media (prefers-color-scheme: dark) { :host(:not([theme=light])) { ${NIGHT} } }
:host([theme=dark]) { ${NIGHT} }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; }
button:disabled { cursor: default; }
:focus-visible { outline: 3px solid var(--_fg); outline-offset: 2px; box-shadow: 0 0 0 2px var(--_bg); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
svg { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round; display: block; }
.launcher { width: 60px; height: 60px; border-radius: 50%; display: grid; place-items: center; position: relative;
  background: var(--_accent); color: var(--_on); box-shadow: 0 4px 16px rgb(0 0 0 / .3); }
.launcher svg { width: 30px; height: 30px; }
.badge { position: absolute; top: -4px; right: -4px; min-width: 24px; height: 24px; padding: 0 6px; border-radius: 12px;
  background: #b3261e; color: #fff; font-size: 14px; font-weight: 600; line-height: 24px; text-align: center; }
.panel { position: absolute; right: 0; bottom: 76px; width: min(384px, calc(100vw - 40px));
  height: min(620px, calc(100dvh - 120px)); display: flex; flex-direction: column; overflow: hidden;
  border-radius: var(--_r); background: var(--_bg); color: var(--_fg); border: 1px solid var(--_line);
  box-shadow: 0 12px 40px rgb(0 0 0 / .3); }
:host([position=left]) .panel { right: auto; left: 0; }
header { display: flex; align-items: center; gap: 4px; padding: 8px 8px 8px 16px; background: var(--_accent);
  color: var(--_on); }
header :focus-visible { outline-color: currentColor; outline-offset: -4px; box-shadow: none; }
h2 { flex: 1; margin: 0; font-size: 17px; font-weight: 600; overflow-wrap: anywhere; }
header button { width: 44px; height: 44px; display: grid; place-items: center; border-radius: 50%; }
.log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px; display: flex; flex-direction: column;
  gap: 8px; }
.log:focus-visible { outline-offset: -3px; }
.row { display: flex; flex-direction: column; align-items: flex-start; max-width: 88%; }
.row.user { align-self: flex-end; align-items: flex-end; }
.bubble { padding: 9px 13px; border-radius: var(--_r); border-end-start-radius: 4px; background: var(--_soft);
  white-space: pre-wrap; overflow-wrap: anywhere; max-width: 100%; }
.user .bubble { background: var(--_accent); color: var(--_on); border-radius: var(--_r); border-end-end-radius: 4px; }
.waiting .bubble { background: none; color: var(--_fg); border: 2px dashed var(--_line); padding: 7px 11px; }
.note { align-self: center; max-width: 100%; font-size: 14px; color: var(--_dim); text-align: center; }
.bad { color: var(--_bad); font-size: 14px; }
a { color: inherit; }
.offers { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.offers.list { flex-direction: column; align-items: stretch; align-self: stretch; }
.offers button, a.button, .ask button { min-height: 44px; padding: 8px 16px; border-radius: 22px; text-align: start;
  border: 2px solid color-mix(in srgb, var(--_accent), var(--_fg) 35%); background: var(--_bg); color: var(--_fg);
  overflow-wrap: anywhere; }
.offers button:hover:enabled, a.button:hover { background: var(--_soft); }
.offers button:disabled { border: 1px dashed var(--_line); color: var(--_dim); }
a.button { display: inline-block; margin-top: 8px; font-weight: 600; }
.bubble img, .bubble video { display: block; max-width: 100%; max-height: 240px; border-radius: 8px; }
.bubble audio { display: block; max-width: 100%; }
.bubble strong { display: block; }
.dots { display: flex; gap: 5px; padding: 14px; border-radius: var(--_r); background: var(--_soft); align-self: flex-start; }
.dots i { width: 8px; height: 8px; border-radius: 50%; background: var(--_dim); }
.status { padding: 6px 16px; font-size: 14px; background: var(--_soft); color: var(--_fg); }
.status:empty { display: none; }
.ask { padding: 12px 16px; border-top: 1px solid var(--_line); }
.ask p { margin: 0 0 8px; }
form { display: flex; align-items: flex-end; gap: 8px; padding: 10px; border-top: 1px solid var(--_line); }
textarea { flex: 1; min-width: 0; min-height: 44px; max-height: 128px; resize: none; field-sizing: content; padding: 9px 14px;
  border: 1px solid var(--_line); border-radius: 22px; background: var(--_bg); font-size: 16px; }
textarea::placeholder { color: var(--_dim); opacity: 1; }
textarea:focus-visible { outline-offset: 0; }
.send { flex: none; width: 44px; height: 44px; display: grid; place-items: center; border-radius: 50%;
  background: var(--_accent); color: var(--_on); }
.send:disabled { background: var(--_soft); color: var(--_dim); }
@media (max-width: 480px), (max-height: 400px) {
  .panel { position: fixed; inset: 0; width: auto; height: 100dvh; border: 0; border-radius: 0; }
  .panel:not([hidden]) + .launcher { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .panel { animation: up .16s ease-out; }
  .dots i { animation: dot 1.2s infinite; }
  .dots i:nth-child(2) { animation-delay: .15s; }
  .dots i:nth-child(3) { animation-delay: .3s; }
  @keyframes up { from { opacity: 0; transform: translateY(12px); } }
  @keyframes dot { 30% { transform: translateY(-4px); } 60% { transform: none; } }
}
@media (forced-colors: active) { .launcher, .panel, .bubble, .send { border: 1px solid; } }
`;
