"use strict";
const table = document.getElementById("list");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const search = document.getElementById("search");
const result = document.getElementById("result");
const sort = document.getElementById("sort");
const order = new Intl.Collator("en", { numeric: true });
const rows = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase(), result: row.dataset.result }));

function filter() {
  const words = search.value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const entry of rows) {
    const kept = (!result.value || entry.result === result.value) && words.every((word) => entry.text.includes(word));
    entry.row.hidden = !kept;
    shown += kept;
  }
  document.getElementById("shown").textContent = `${shown} of ${rows.length} shown`;
}

// Rows without a number stay last in either direction.
function compare(a, b, sign) {
  const [x, y] = [a.dataset.value, b.dataset.value];
  if (x === undefined) return sign * order.compare(a.textContent, b.textContent);
  if (x === "" || y === "") return (x === "") - (y === "");
  return sign * (x - y);
}

function sortBy(column, direction) {
  const sign = direction === "ascending" ? 1 : -1;
  rows.sort((a, b) => compare(a.row.cells[column], b.row.cells[column], sign));
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].setAttribute("aria-sort", direction);
  sort.value = `${column} ${direction}`;
  body.append(...rows.map((entry) => entry.row));
}

heads.forEach((head, column) => {
  const name = head.textContent;
  const button = document.createElement("button");
  button.textContent = name;
  button.addEventListener("click", () => {
    sortBy(column, head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
  });
  head.replaceChildren(button);
  sort.add(new Option(name, `${column} ascending`));
  sort.add(new Option(`${name}, falling`, `${column} descending`));
});
sort.value = "";
sort.addEventListener("change", () => {
  const [column, direction] = sort.value.split(" ");
  sortBy(Number(column), direction);
});
search.addEventListener("input", filter);
result.addEventListener("change", filter);
document.getElementById("controls").hidden = false;
filter();
