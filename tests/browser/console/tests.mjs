// In this order: the later ones find what the earlier ones have made.
import account from "./account.mjs";
import canvas from "./canvas.mjs";
import life from "./life.mjs";
import looks from "./looks.mjs";
import people from "./people.mjs";
import seed from "./seed.mjs";
import setup from "./setup.mjs";
import spanish from "./spanish.mjs";
import start from "./start.mjs";

export const tests = { ...start, ...seed, ...people, ...life, ...account, ...setup, ...canvas, ...spanish, ...looks };
