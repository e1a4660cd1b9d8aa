// Every page by day and by night, on a desk and on a phone: nothing for axe to find, nothing that sticks out.
import { accessible, assert, PAGES, settled, shot } from "./helpers.mjs";

async function every_page({ page, world }, name) {
  const wrong = [];
  for (const [what, path] of Object.entries(PAGES)) {
    await page.goto(world.console + path);
    await settled(page);
    await shot(page, `${name}-${what}`);
    await accessible(page, world).catch((error) => wrong.push(`${what}: ${error.message}`));
    const sticks = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (sticks > 0) wrong.push(`${what}: ${sticks} px stick out`);
    const broken = await page.getByText(/Something went wrong|could not be loaded/).count();
    if (broken > 0) wrong.push(`${what}: it says that something went wrong`);
  }
  assert.deepEqual(wrong, []);
}

function looks(name, options) {
  const test = (all) => every_page(all, name);
  test.options = options;
  return test;
}

const every_page_by_day = looks("day", { colorScheme: "light" });
const every_page_by_night = looks("night", { colorScheme: "dark" });
const every_page_on_a_phone = looks("phone", {
  viewport: { width: 390, height: 780 },
  hasTouch: true,
  isMobile: true,
});

async function the_first_page_is_there_within_a_second({ page, world }) {
  const answers = [];
  page.on("response", (response) => answers.push(response));
  await page.goto(`${world.console}w/main/bots`);
  await page.getByRole("heading", { name: "Bots", level: 1 }).waitFor();
  const took = await page.evaluate(() => performance.now());
  let bytes = 0;
  for (const answer of answers) {
    if (!answer.url().includes("/console/")) continue;
    const { responseBodySize, responseHeadersSize } = await answer.request().sizes();
    bytes += responseBodySize + responseHeadersSize;
  }
  assert.ok(bytes > 50_000 && bytes < 300_000, `the first load has ${bytes} bytes`);
  // Several times what it takes here, for a machine that does something else beside.
  assert.ok(took < 4_000, `the first page took ${Math.round(took)} ms`);
}

export default {
  every_page_by_day,
  every_page_by_night,
  every_page_on_a_phone,
  the_first_page_is_there_within_a_second,
};
