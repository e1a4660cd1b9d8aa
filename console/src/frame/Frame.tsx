import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { Outlet, useLocation, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useEvents } from "../api/events.ts";
import { PageBars } from "../ui/LoadedPage.tsx";
import { useWords } from "../words/words.tsx";
import { BotBar } from "./BotBar.tsx";
import { Crumbs } from "./Crumbs.tsx";
import classes from "./Frame.module.css";
import { Navigation } from "./Navigation.tsx";
import { SearchButton } from "./SearchButton.tsx";
import { SimulatorSlot } from "./SimulatorSlot.tsx";
import { words } from "./words.ts";

const Palette = lazy(() => import("../palette/Palette.tsx").then((module) => ({ default: module.Palette })));

/** What stands around every page of a workspace: navigation, top line, the page, and the simulator beside it. */
export function Frame() {
  const t = useWords(words);
  const { workspace = "", bot } = useParams({ strict: false });
  const { pathname } = useLocation();
  const [menu, menuIs] = useDisclosure(false);
  const [palette, paletteIs] = useDisclosure(false);
  const [simulating, setSimulating] = useState(false);
  useEvents(workspace);
  useHotkeys([["mod+K", paletteIs.open]], []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu of a phone closes when another page opens
  useEffect(() => menuIs.close(), [pathname]);

  return (
    <div className={classes.frame}>
      <a href="#page" className={classes.skip}>
        {t.skip}
      </a>
      <aside className={classes.side}>
        <Navigation />
      </aside>
      <Drawer opened={menu} onClose={menuIs.close} title={t.navigation} size={272} padding={0}>
        <Navigation />
      </Drawer>
      <div className={classes.body}>
        <header className={classes.top}>
          <ActionIcon
            className={classes.burger}
            onClick={menuIs.open}
            aria-label={t.openNavigation}
            size="lg"
          >
            <IconMenu2 size={20} />
          </ActionIcon>
          <Crumbs />
          <div className={classes.tools}>
            <SearchButton onClick={paletteIs.open} />
            {bot && (
              <BotBar
                workspace={workspace}
                bot={bot}
                simulating={simulating}
                onSimulate={() => setSimulating(!simulating)}
              />
            )}
          </div>
        </header>
        <div className={classes.columns}>
          <main id="page" className={classes.main} tabIndex={-1}>
            <Suspense fallback={<PageBars />}>
              <Outlet />
            </Suspense>
          </main>
          {bot && (
            <SimulatorSlot
              workspace={workspace}
              bot={bot}
              open={simulating}
              onClose={() => setSimulating(false)}
            />
          )}
        </div>
      </div>
      {palette && (
        <Suspense>
          <Palette workspace={workspace} bot={bot} onClose={paletteIs.close} />
        </Suspense>
      )}
    </div>
  );
}
