// Starts the page: the library, the two tabs, the address, light and dark.
import { addressOf, entriesOf, Malformed, writeAddress } from "./address.js";
import { ClassifierPage } from "./classifier.js";
import { byId } from "./controls.js";
import { startEngine, Unusable } from "./engine.js";
import { RacePage } from "./race.js";

const VIEWS = ["classifier", "race"];
const theme = { chosen: null };

function note(sentence) {
  byId("note").textContent = sentence;
  byId("note").hidden = sentence === "";
}

/** Everything that cannot go on is a sentence, not a blank page. */
function cannotGoOn(error) {
  const sentence = error instanceof Unusable || /computation stopped/.test(error.message) ? error.message : `Something in this page went wrong: ${error.message}`;
  for (const view of VIEWS) byId(view).hidden = true;
  note("");
  document.querySelectorAll("body > .sentence").forEach((old) => old.remove());
  const said = document.createElement("p");
  said.className = "sentence";
  said.setAttribute("role", "alert");
  said.textContent = sentence;
  document.querySelector("header").after(said);
}

const dark = matchMedia("(prefers-color-scheme: dark)");

function showTheme() {
  document.documentElement.dataset.theme = theme.chosen ?? (dark.matches ? "dark" : "light");
}

async function start() {
  showTheme();
  const engine = await startEngine(byId("wasm").textContent.trim());
  let view = "classifier";
  const pages = {};
  const entries = () => [
    ...(view === "classifier" ? [] : [["view", view]]),
    ...(theme.chosen ? [["theme", theme.chosen]] : []),
    ...pages.classifier.entries(),
    ...pages.race.entries(),
  ];
  const changed = () => writeAddress(entries);

  const show = (name) => {
    view = name;
    for (const other of VIEWS) {
      byId(other).hidden = other !== name;
      const tab = byId(`tab-${other}`);
      tab.setAttribute("aria-selected", other === name);
      tab.tabIndex = other === name ? 0 : -1;
    }
    if (name === "race") {
      pages.classifier.pause();
      pages.race.apply();
    } else {
      pages.race.pause();
    }
  };

  /** Puts in place what the address says; what it says wrongly is noted, and the start is shown instead. */
  const readAddress = () => {
    const said = entriesOf(location.hash);
    const problems = [];
    const attempt = (work) => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        problems.push(error.message);
      }
    };
    theme.chosen = ["light", "dark"].includes(said.get("theme")) ? said.get("theme") : null;
    showTheme();
    for (const name of VIEWS) {
      attempt(() => {
        try {
          pages[name].read(said);
        } catch (error) {
          if (error instanceof Malformed) pages[name].read(new Map());
          throw error;
        }
      });
    }
    const wanted = said.get("view") ?? "classifier";
    if (!VIEWS.includes(wanted)) problems.push(`The view should be one of ${VIEWS.join(", ")}, not “${wanted.slice(0, 40)}”`);
    show(VIEWS.includes(wanted) ? wanted : "classifier");
    note(problems.length ? `The address could not be read, so the start is shown. ${problems.join(". ")}.` : "");
  };

  pages.classifier = new ClassifierPage(engine, changed);
  pages.race = new RacePage(engine, changed);
  readAddress();

  for (const name of VIEWS) {
    const tab = byId(`tab-${name}`);
    tab.addEventListener("click", () => {
      show(name);
      changed();
    });
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const other = VIEWS[1 - VIEWS.indexOf(name)];
      byId(`tab-${other}`).focus();
      byId(`tab-${other}`).click();
    });
  }
  const repaint = () => {
    showTheme();
    pages.race.paint();
  };
  byId("theme").addEventListener("click", () => {
    theme.chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    repaint();
    changed();
  });
  dark.addEventListener("change", repaint);
  byId("copy-link").addEventListener("click", async () => {
    const address = addressOf(entries());
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      note("The address is copied.");
    } catch {
      note("The address bar has the link; this browser does not let a page copy it.");
    }
    setTimeout(() => /address/.test(byId("note").textContent) && note(""), 4000);
  });
  window.addEventListener("hashchange", readAddress);
  new ResizeObserver(() => pages.race.paint()).observe(byId("field-box"));
  // For the tests, and for those who look under the hood.
  window.gradus = { engine, pages, address: () => addressOf(entries()) };
  performance.mark("ready");
  document.documentElement.dataset.ready = "";
}

for (const kind of ["error", "unhandledrejection"]) {
  window.addEventListener(kind, (event) => (event.error ?? event.reason) && cannotGoOn(event.error ?? event.reason));
}
start();
