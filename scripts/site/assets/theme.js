// Switches between light and dark. Without a choice, the page follows the system. Runs before the page is drawn.
{
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)"), KEY = "gradus-theme";
  // Storage may be forbidden, for instance for pages from disk.
  const kept = { get: () => { try { return localStorage.getItem(KEY); } catch { return null; } },
    set: (value) => { try { value ? localStorage.setItem(KEY, value) : localStorage.removeItem(KEY); } catch { /* It lasts for this page. */ } } };
  const apply = (theme) => { if (theme === "light" || theme === "dark") root.dataset.theme = theme; else delete root.dataset.theme; };
  const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  apply(kept.get());

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.theme");
    const say = () => { button.setAttribute("aria-pressed", dark()); };
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = dark() ? "light" : "dark", own = next === (system.matches ? "dark" : "light");
      apply(own ? null : next);
      kept.set(own ? null : next);
      say();
    });
    system.addEventListener("change", say);
    addEventListener("storage", (event) => { if (event.key === KEY) { apply(event.newValue); say(); } });
    say();
  });
}
