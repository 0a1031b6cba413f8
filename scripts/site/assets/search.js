// Searches the whole text of all pages. The text is in index.js, because a page opened from disk may not read files; that script
// is loaded when a reader first uses the search.
{
  const up = document.currentScript.dataset.up;
  const form = document.querySelector("form.search"), field = form.querySelector("input"), panel = form.querySelector(".found");
  const list = panel.querySelector("ol"), said = panel.querySelector("output");
  const LIMIT = 40, AROUND = 70;
  // Lower case without accents, of the same length as the text, so that places in one are places in the other.
  const plain = (text) => [...text].map((c) => {
    const bare = c.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    return bare.length === c.length ? bare : c;
  }).join("");
  let sections, waiting;

  const load = () => waiting ??= new Promise((ready, failed) => {
    const script = document.createElement("script");
    script.src = `${up}assets/index.js`;
    script.onload = () => {
      const { pages, sections: read } = window.GRADUS;
      sections = read.map(([page, anchor, heading, text]) => {
        const [address, title, kind] = pages[page];
        return { address, anchor, title, kind, heading: heading || title, text,
          low: { title: plain(title), heading: plain(heading || title), text: plain(text) } };
      });
      ready();
    };
    script.onerror = failed;
    document.head.append(script);
  });

  // A word of the query matches where a word begins with it.
  const pattern = (word) => new RegExp(`(?<![\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "gu");
  const count = (text, wanted) => [...text.matchAll(wanted)].length;
  // A word counts less in a long table than in a short paragraph, and each further time adds less (as in BM25).
  const weight = (times, length) => (2.2 * times) / (times + 1.2 * (0.25 + (0.75 * length) / 700));

  const find = (query) => {
    const words = plain(query).split(/\s+/).filter(Boolean), wanted = words.map(pattern), phrase = pattern(words.join(" "));
    if (!words.length) return [];
    const score = ({ low, kind, anchor }) => {
      let sum = 0;
      for (const word of wanted) {
        const here = [count(low.heading, word), count(low.text, word), count(low.title, word)];
        if (!here.some(Boolean)) return 0;
        sum += 10 * Math.min(here[0], 1) + 10 * weight(here[1], low.text.length) + 5 * Math.min(here[2], 1);
      }
      if (words.length > 1) sum += 20 * Math.min(count(low.heading, phrase), 1) + 10 * weight(count(low.text, phrase), low.text.length);
      return sum + ({ notebook: 8, overview: 4 }[kind] ?? 0) + (anchor ? 0 : 3);
    };
    return sections.map((section) => ({ section, score: score(section) })).filter((hit) => hit.score)
      .sort((a, b) => b.score - a.score).map((hit) => ({ ...hit.section, wanted: words.length > 1 ? [phrase, ...wanted] : wanted }));
  };

  // Writes a text into an element, with the places that match marked.
  const mark = (element, text, low, wanted) => {
    const places = wanted.flatMap((word) => [...low.matchAll(word)].map((m) => [m.index, m.index + m[0].length])).sort((a, b) => a[0] - b[0]);
    let at = 0;
    for (const [start, end] of places) {
      if (start < at) continue;
      const marked = document.createElement("mark");
      marked.textContent = text.slice(start, end);
      element.append(text.slice(at, start), marked);
      at = end;
    }
    element.append(text.slice(at));
    return element;
  };

  // The part of a section's text around its first match.
  const excerpt = ({ text, low, wanted }) => {
    const first = wanted.map((word) => low.text.search(word)).find((place) => place >= 0) ?? 0;
    const start = first > AROUND ? low.text.indexOf(" ", first - AROUND) + 1 : 0, end = Math.min(start + 3 * AROUND, text.length);
    return [start > 0 ? "… " : "", text.slice(start, end), low.text.slice(start, end), end < text.length ? " …" : ""];
  };

  const entry = (hit) => {
    const item = document.createElement("li"), link = document.createElement("a");
    const where = document.createElement("small"), title = document.createElement("strong"), text = document.createElement("span");
    link.href = up + hit.address + (hit.anchor ? `#${hit.anchor}` : "");
    mark(title, hit.heading, hit.low.heading, hit.wanted);
    where.textContent = hit.heading === hit.title ? "" : hit.title;
    const [before, part, low, after] = excerpt(hit);
    text.append(before);
    mark(text, part, low, hit.wanted).append(after);
    link.append(title, where, text);
    item.append(link);
    return item;
  };

  const show = async () => {
    const query = field.value.trim();
    if (query && !sections) {
      said.textContent = "Loading …";
      panel.hidden = false;
      try {
        await load();
      } catch {
        waiting = undefined;
        said.textContent = "The index, assets/index.js, is missing.";
        return;
      }
      return show();
    }
    const found = query ? find(query) : [];
    list.replaceChildren(...found.slice(0, LIMIT).map(entry));
    said.textContent = found.length > LIMIT ? `${found.length} places; the best ${LIMIT}:` : found.length === 1 ? "1 place" : found.length ? `${found.length} places` : "Nothing found";
    panel.hidden = !query;
  };

  form.hidden = false;
  field.addEventListener("input", show);
  field.addEventListener("focus", () => { load().catch(() => { waiting = undefined; }); if (field.value.trim()) panel.hidden = false; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await show();
    list.querySelector("a")?.click();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      field.value = "";
      show();
      field.focus();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [field, ...list.querySelectorAll("a")], at = stops.indexOf(document.activeElement);
    stops[(at + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    field.focus();
    event.preventDefault();
  });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) panel.hidden = true; });
  list.addEventListener("click", () => { panel.hidden = true; });
}
