// The search: reads the pieces of the index from the newest, and shows what has all the words.
const AT_ONCE = 20;
const form = document.querySelector(".search");
const found = document.querySelector(".found");
const results = document.querySelector(".results");
const more = document.querySelector(".more");
const say = found.dataset;
const pieces = new Map();
let turn = 0;

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

function piece(number) {
  if (!pieces.has(number)) {
    pieces.set(number, fetch(`${form.dataset.from}${number}.json`).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then((items) => items.map((item) => ({ item, words: wordsOf(item.slice(1).join(" ")) })))
      .catch((problem) => { pieces.delete(number); throw problem; }));
  }
  return pieces.get(number);
}

function shown([path, title, about, day, summary]) {
  const entry = document.createElement("li");
  const part = (name, text, into = entry) => {
    const made = into.appendChild(document.createElement(name));
    made.textContent = text;
    made.dir = "auto";
    return made;
  };
  part("p", about).className = "eyebrow";
  part("a", title, entry.appendChild(document.createElement("h2"))).href = path;
  part("p", summary).className = "summary";
  part("p", day).className = "date";
  return entry;
}

async function* matches(wanted) {
  for (let number = Number(form.dataset.parts); number > 0; number -= 1) {
    for (const { item, words } of await piece(number)) {
      if (wanted.every((one) => words.some((word) => word.startsWith(one)))) yield item;
    }
  }
}

function tell(count, whole) {
  if (!count) return say.none;
  const told = count === 1 ? say.one : say.many.replace("#", count);
  return whole ? told : `${told} ${say.newest}`;
}

async function page(search, mine) {
  more.hidden = true;
  for (let count = 0; count < AT_ONCE; count += 1) {
    const { value, done } = await search.next();
    if (mine !== turn) return;
    if (done) {
      found.textContent = tell(results.children.length, true);
      return;
    }
    results.append(shown(value));
  }
  found.textContent = tell(results.children.length, false);
  more.hidden = false;
  more.onclick = () => attempt(() => page(search, mine));
}

async function attempt(work) {
  try {
    await work();
  } catch {
    found.textContent = say.failed;
  }
}

function look(words) {
  const mine = turn += 1;
  results.replaceChildren();
  more.hidden = true;
  const wanted = wordsOf(words);
  found.textContent = wanted.length ? say.looking : "";
  if (wanted.length) attempt(() => page(matches(wanted), mine));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = form.q.value.trim();
  history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
  look(words);
});
form.hidden = false;
form.q.value = new URLSearchParams(location.search).get("q") ?? "";
look(form.q.value);
