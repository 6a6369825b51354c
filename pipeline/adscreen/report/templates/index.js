"use strict";
// All rows are in the page. Here they are taken out, and those of the current page that pass the filters put back.
const table = document.getElementById("list");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const names = heads.map((head) => head.textContent);
const [search, result, flag, sort, size, turn, back, on] = "search result flag sort size turn back on"
  .split(" ").map((id) => document.getElementById(id));
const order = new Intl.Collator("en", { numeric: true });
let rows = [...body.rows].map((row) => ({
  row,
  keys: [...row.cells].map(({ dataset, textContent }) => {
    return dataset.value === undefined ? textContent : dataset.value === "" ? null : Number(dataset.value);
  }),
  text: row.textContent.toLowerCase(),
  result: row.dataset.result,
  flags: row.dataset.flags || "",
}));
let kept = rows;
let first = 0;

// A narrow screen shows a row as a block, which some browsers then no longer take for a row: the roles say so.
function dress(row) {
  row.setAttribute("role", "row");
  [...row.cells].forEach((cell, column) => {
    cell.setAttribute("role", column ? "cell" : "rowheader");
    cell.dataset.name = names[column].toLowerCase();
  });
  return row;
}

function show() {
  const length = Number(size.value) || kept.length;
  const page = kept.slice(first, first + length);
  body.replaceChildren(...page.map((entry) => dress(entry.row)));
  back.disabled = first === 0;
  on.disabled = first + length >= kept.length;
  turn.hidden = back.disabled && on.disabled;
  const count = (number) => number.toLocaleString("en");
  const place = turn.hidden ? "" : `, rows ${count(first + 1)} to ${count(first + page.length)} here`;
  document.getElementById("shown").textContent = `${count(kept.length)} of ${count(rows.length)} recordings${place}`;
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/);
  kept = rows.filter((entry) => {
    return (!result.value || entry.result === result.value) && entry.flags.includes(flag.value)
      && words.every((word) => entry.text.includes(word));
  });
  first = 0;
  show();
}

// Rows without a number stay last in either direction.
function compare(x, y, sign) {
  if (x === null || y === null) return (x === null) - (y === null);
  return sign * (typeof x === "number" ? x - y : order.compare(x, y));
}

function sortBy(column, direction) {
  const sign = direction === "ascending" ? 1 : -1;
  rows.sort((a, b) => compare(a.keys[column], b.keys[column], sign));
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].setAttribute("aria-sort", direction);
  sort.value = `${column} ${direction}`;
  filter();
}

heads.forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = names[column];
  button.addEventListener("click", () => {
    sortBy(column, head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
  });
  head.replaceChildren(button);
  sort.add(new Option(names[column], `${column} ascending`));
  sort.add(new Option(`${names[column]}, falling`, `${column} descending`));
});
const unsorted = new Option("choose", "");
unsorted.disabled = true;
sort.add(unsorted, 0);
sort.value = "";
sort.addEventListener("change", () => {
  const [column, direction] = sort.value.split(" ");
  sortBy(Number(column), direction);
});
[search, result, flag, size].forEach((control) => control.addEventListener("input", filter));
[[back, -1], [on, 1]].forEach(([button, sign]) => button.addEventListener("click", () => {
  first += sign * Number(size.value);
  show();
  if (button.disabled) (sign < 0 ? on : back).focus();
  table.scrollIntoView();
}));
document.getElementById("controls").hidden = false;
filter();
