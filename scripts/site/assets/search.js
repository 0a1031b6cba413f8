// Searches titles, headings and claims. What there is to find stands in index.js, since a page opened from disk may not read files.
{
  const up = document.currentScript.dataset.up;
  const form = document.querySelector("form.search"), field = form.querySelector("input"), list = form.querySelector("#found");
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const LIMIT = 12;

  const find = (query) => {
    const words = plain(query).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const has = (text) => words.every((word) => text.includes(word));
    return window.GRADUS.filter(([title, more]) => has(plain(`${title} ${more}`))).slice(0, LIMIT);
  };

  const show = () => {
    const found = find(field.value);
    list.replaceChildren(...found.map(([title, more, page]) => {
      const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
      link.href = up + page;
      link.textContent = title;
      small.textContent = more;
      link.append(document.createElement("br"), small);
      item.append(link);
      return item;
    }));
    if (!found.length && field.value.trim()) {
      const item = document.createElement("li");
      item.textContent = "Nothing found";
      list.append(item);
    }
    list.hidden = !list.children.length;
  };

  form.hidden = false;
  field.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      field.value = "";
      show();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [field, ...list.querySelectorAll("a")], at = stops.indexOf(document.activeElement);
    stops[(at + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
    field.focus();
    event.preventDefault();
  });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) list.hidden = true; });
}
