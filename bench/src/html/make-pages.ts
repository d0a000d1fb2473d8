/** A page of a kind, of about so many bytes. */
export interface Page {
  readonly name: string;
  readonly html: string;
}

const words = "the quick brown fox jumps over a lazy dog while nobody looks at it and its tail".split(" ");
const sentence = (seed: number): string =>
  Array.from({ length: 12 }, (_, index) => words[(seed * 7 + index * 3) % words.length]).join(" ");

const article = (seed: number): string =>
  `<h2 id="s${seed}">Part ${seed}</h2><p class="lead">${sentence(seed)} <a href="/wiki/${seed}?a=1&amp;b=2" title="x">${sentence(seed + 1)}</a>, <b>${sentence(seed + 2)}</b> &mdash; ${sentence(seed + 3)}.</p><p>${sentence(seed + 4)} <code>call_${seed}()</code> <em>${sentence(seed + 5)}</em><sup>[${seed}]</sup></p>`;
const table = (seed: number): string =>
  `<table class="t"><thead><tr><th>Name<th>Value<th>Note</thead><tbody>${Array.from({ length: 8 }, (_, row) => `<tr><td><a href="item${row}">${words[row]}</a></td><td>${seed * row}</td><td>${sentence(row)}</td></tr>`).join("\n")}</tbody></table>`;
const list = (seed: number): string =>
  `<ul>${Array.from({ length: 8 }, (_, item) => `<li><a href="#x">${words[item]}</a> ${sentence(seed + item)}<ul><li>${sentence(item)}</li></ul></li>`).join("\n")}</ul>`;
const code = (seed: number): string =>
  `<div class="highlight"><pre><code class="language-js">${Array.from({ length: 10 }, (_, line) => `<span class="k">const</span> value_${seed}_${line} = <span class="n">${line}</span> &lt; 3;`).join("\n")}</code></pre></div>`;
const noise = (seed: number): string =>
  `<script>window.data${seed} = ${JSON.stringify({ seed, text: sentence(seed) })};</script><style>.a${seed} { color: red }</style><div class="wrap wrap--${seed}" data-id="${seed}"><div><span>${sentence(seed)}</span></div></div>`;

const kinds = { article, table, list, code, noise };

const fill = (bytes: number, part: (seed: number) => string): string => {
  const parts: string[] = [];
  for (let seed = 0, length = 0; length < bytes; seed++) {
    const text = `${part(seed)}\n`;
    parts.push(text);
    length += text.length;
  }
  return `<!doctype html><html><head><title>Page</title></head><body>${parts.join("")}</body></html>`;
};

/** Pages of each kind, and one of everything. */
export const makePages = (bytes: number): readonly Page[] => [
  ...Object.entries(kinds).map(([name, part]) => ({ name, html: fill(bytes, part) })),
  makeMixed(bytes),
];

/** A page of everything. */
export const makeMixed = (bytes: number): Page => {
  const parts = Object.values(kinds);
  return { name: "mixed", html: fill(bytes, (seed) => (parts[seed % parts.length] ?? article)(seed)) };
};
