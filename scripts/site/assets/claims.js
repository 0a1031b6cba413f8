// Filters the claims. The choice stands in the address, so that a link can carry it.
{
  const form = document.querySelector("form.filters"), said = form.querySelector("output");
  const rows = [...document.querySelectorAll("table.claims tbody tr")], sections = [...document.querySelectorAll("section.study")];
  const given = new URLSearchParams(location.search);

  const filter = () => {
    const { verdict, origin, kind, notebook, words } = Object.fromEntries(new FormData(form));
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row) =>
      (!verdict || row.dataset.verdict === verdict) && (!origin || row.dataset.origin === origin) && (!kind || row.dataset.kind === kind) &&
      (!notebook || row.dataset.notebook === notebook) &&
      wanted.every((word) => row.textContent.toLowerCase().includes(word));
    for (const row of rows) row.hidden = !fits(row);
    for (const section of sections) section.hidden = !section.querySelector("tbody tr:not([hidden])");
    const shown = rows.filter((row) => !row.hidden).length;
    said.textContent = shown === rows.length ? "" : `${shown} of ${rows.length}`;
  };

  for (const field of form.elements) if (given.get(field.name)) field.value = given.get(field.name);
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}
