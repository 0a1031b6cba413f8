// Filters the claims. The choice is in the address, as #verdict=refuted&words=adam, so that a link can carry it and Back undoes it.
// A page from disk may change nothing of its address but this part.
{
  const form = document.querySelector("form.filters"), said = form.querySelector("output");
  const rows = [...document.querySelectorAll("table.claims tbody tr")], sections = [...document.querySelectorAll("section.study")];
  const fields = [...form.elements].filter((field) => field.name);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const filter = () => {
    const { verdict, origin, kind, notebook, words } = Object.fromEntries(new FormData(form));
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row) =>
      (!verdict || row.dataset.verdict === verdict) && (!origin || row.dataset.origin === origin) && (!kind || row.dataset.kind === kind) &&
      (!notebook || row.dataset.notebook === notebook) && wanted.every((word) => texts.get(row).includes(word));
    for (const row of rows) row.hidden = !fits(row);
    for (const section of sections) section.hidden = !section.querySelector("tbody tr:not([hidden])");
    const shown = rows.filter((row) => !row.hidden).length;
    said.textContent = shown === rows.length ? "" : shown ? `${shown} of ${rows.length}` : `none of ${rows.length}`;
  };

  // The choice of an address: after the #, or after the ? of a link from elsewhere.
  const given = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : location.search);
  const read = () => {
    const choice = given();
    for (const field of fields) {
      field.value = choice.get(field.name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
    filter();
  };

  // Letters typed one after the other are one step back.
  let typing = false;
  const write = (event) => {
    const choice = new URLSearchParams(fields.filter((field) => field.value.trim()).map((field) => [field.name, field.value.trim()]));
    // Without a choice of ours, that of a link from elsewhere would return.
    const address = `#${choice.size ? choice : location.search ? "all=" : ""}`, typed = event.target.type === "search";
    if (address === (location.hash || "#")) return;
    history[typed && typing ? "replaceState" : "pushState"](null, "", address);
    typing = typed;
  };

  form.hidden = false;
  form.addEventListener("input", (event) => { filter(); write(event); });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", () => { typing = false; if (location.hash.includes("=") || !location.hash) read(); });
  read();
}
